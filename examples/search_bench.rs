use casebook::search::*;
use std::time::Instant;
fn rss() -> String {
    std::fs::read_to_string("/proc/self/status")
        .unwrap()
        .lines()
        .filter(|l| l.starts_with("VmHWM") || l.starts_with("VmRSS"))
        .collect::<Vec<_>>()
        .join(" ")
}
fn slug(s: &str) -> String {
    s.to_lowercase().replace(|c: char| !c.is_alphanumeric(), "-")
}
pub fn load(dir: &std::path::Path, root: &std::path::Path, out: &mut Vec<Document>) {
    let mut items: Vec<_> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    items.sort();
    for p in items {
        if p.is_dir() {
            load(&p, root, out);
            continue;
        }
        let text = std::fs::read_to_string(&p).unwrap();
        let (fm, body) =
            text.strip_prefix("---\n").and_then(|t| t.split_once("\n---\n")).unwrap_or(("", &text));
        let get = |k: &str| {
            fm.lines()
                .find_map(|l| l.strip_prefix(&format!("{k}: ")))
                .map(|s| s.trim_matches('"').to_string())
        };
        let list = |k: &str| {
            get(k)
                .map(|s| {
                    s.trim_matches(['[', ']']).split(", ").map(String::from).collect::<Vec<_>>()
                })
                .unwrap_or_default()
        };
        let rel = p.strip_prefix(root).unwrap().to_string_lossy().replace(".md", ".html");
        let folder = rel.split('/').next().unwrap().trim_end_matches('s').to_string();
        let mut sections = vec![Section::default()];
        for line in body.lines() {
            if line.starts_with("```") {
                continue;
            }
            if let Some(h) = line.strip_prefix("## ") {
                sections.push(Section { anchor: slug(h), heading: h.into(), text: String::new() });
            } else {
                let t = &mut sections.last_mut().unwrap().text;
                if !t.is_empty() && !t.ends_with(' ') {
                    t.push(' ');
                }
                for c in line.chars() {
                    if !matches!(c, '*' | '`' | '[' | ']' | '|' | '>') {
                        t.push(c)
                    } else if c == '|' {
                        t.push(' ')
                    }
                }
            }
        }
        out.push(Document {
            url: rel,
            title: get("title").unwrap_or_default(),
            id: get("id"),
            kind: folder.clone(),
            kind_title: folder,
            stride: list("stride"),
            severity: get("severity"),
            status: get("status"),
            tags: list("tags"),
            sections,
            ..Document::default()
        });
    }
}
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let mut docs = Vec::new();
    let root = std::path::Path::new(&a[1]);
    load(root, root, &mut docs);
    let (n, words) = (
        docs.len(),
        docs.iter()
            .flat_map(|d| &d.sections)
            .map(|s| s.text.split_whitespace().count())
            .sum::<usize>(),
    );
    println!("{n} docs {words} words; {}", rss());
    let t = Instant::now();
    let index = Index::build(docs, "en").unwrap();
    println!("build {:?}; {}", t.elapsed(), rss());
    let t = Instant::now();
    let export = Export::new(&index).unwrap();
    let paths = export.paths();
    println!("export new {:?} {} files", t.elapsed(), paths.len());
    let out = std::path::Path::new(&a[2]);
    let t = Instant::now();
    let mut sizes = std::collections::BTreeMap::<String, (usize, usize)>::new();
    let mut files = Vec::new();
    for p in &paths {
        let b = export.get(p).unwrap().unwrap();
        let k = p.split('/').nth(1).unwrap().to_string();
        let e = sizes.entry(k).or_default();
        e.0 += 1;
        e.1 += b.len();
        files.push((p, b));
    }
    println!("get all {:?}; {}", t.elapsed(), rss());
    for (k, (n, s)) in sizes {
        println!("  {k}: {n} files {} kB, {} B each", s / 1000, s / n);
    }
    for (p, b) in files {
        let f = out.join(p);
        std::fs::create_dir_all(f.parent().unwrap()).unwrap();
        std::fs::write(f, b).unwrap();
    }
    for q in a[3..].iter() {
        let t = Instant::now();
        let r = index.search(&Query::parse(q), 10).unwrap();
        println!(
            "{q:?}: {} in {:?} relaxed {} corrected {:?}",
            r.total,
            t.elapsed(),
            r.relaxed,
            r.corrected
        );
        for h in r.hits.iter().take(3) {
            println!("   {:.3} {} {} | {}", h.score, h.url, h.title.text, h.snippet.text);
        }
    }
}
