//! Addresses of authors: whatever they write, no address of the output has a scheme that is
//! not on the list, and no page asks another host.

use crate::support;

use casebook::out::handout;
use casebook::out::wiki::{Confluence, DokuWiki, GitWiki, Host, MediaWiki, Target};
use casebook::site::Site;
use casebook::text::address::SCHEMES;
use casebook::text::diagnostic::{Code, Level};
use scraper::Html;
use support::wikis::{self, How};
use support::{everything, site};

/// The word that no address of the output may hold, in script and as a host.
const MARK: &str = "k2mark";

/// Schemes and other hosts in the writings that have come up, and some that may.
fn writings() -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for scheme in ["javascript", "vbscript", "data", "file", "blob", "view-source", "about"] {
        for colon in [":", "%3a", "%3A", "%253a", "&colon;", "&#58;", "&#x3a;", "&#x3A", ":%20"] {
            out.push(format!("{scheme}{colon}{MARK}"));
        }
    }
    for written in [
        "JAVASCRIPT%3a@",
        "JaVaScRiPt:@",
        "%6aavascript:@",
        "%6a%61vascript%3a@",
        "x/../javascript%3a@",
        "./javascript%3a@",
        ".//javascript%3a@",
        "././javascript%3a@",
        "javascript%3a@?q",
        "javascript%3a@#f",
        "?javascript:@",
        "#javascript:@",
        "javascript%3a//x.md%0a@",
        "javascript%3a@.md",
        "javascript%3a@/index.html",
        "%20javascript%3a@",
        "%09javascript%3a@",
        "java%0ascript%3a@",
        "java%09script%3a@",
        "java&Tab;script:@",
        "java&NewLine;script:@",
        "java&#9;script&colon;@",
        "&#1;javascript:@",
        "%01javascript%3a@",
        "%00javascript%3a@",
        "java%00script%3a@",
        "\u{85}javascript:@",
        "\u{a0}javascript:@",
        "\u{200b}javascript:@",
        "\u{feff}javascript:@",
        "javascript：@",
        "ｊavascript:@",
        "ſavascript:@",
        "java\u{ad}script:@",
        "javascript&#58@",
        "\\javascript:@",
        "javascript\\:@",
        "javascript%5c:@",
        "feed:javascript:@",
        "jar%3ajavascript%3a@",
        "%2e%2e/javascript%3a@",
        "../javascript%3a@",
        "..%2fjavascript%3a@",
        "https%3a//@/p.png",
        "http%3a//@/p.png",
        "HTTP%3A%2F%2F@/p.png",
        "http%3a%5c%5c@/p.png",
        "ftp%3a//@/p.png",
        "ws%3a//@/p.png",
        "mailto%3a@",
        "%68ttp://@/p.png",
        "http%253a//@/p.png",
        "%2f%2f@/p.png",
        "%2f/@/p.png",
        "/%2f@/p.png",
        "%2F%2F%2F@/p.png",
        "%252f%252f@/p.png",
        "\\\\@/p.png",
        "/\\@/p.png",
        "\\/@/p.png",
        "%5c%5c@/p.png",
        "%5c/@/p.png",
        "/%5c@/p.png",
        "&sol;&sol;@/p.png",
        "&#47;&#47;@/p.png",
        "&bsol;&bsol;@/p.png",
        "&Tab;//@/p.png",
        "%09//@/p.png",
        "/%09/@/p.png",
        "x/..//@/p.png",
        "x//../..///@/p.png",
        "..///@/p.png",
        ".//@/p.png",
        "./%2f%2f@/p.png",
        "//@/p.png",
        "///@/p.png",
        "////@/p.png",
        "/x/..//@/p.png",
        "%2f%2f@%40x/p.png",
        "%2e%2f%2f@",
        "%E2%80%8B//@/p.png",
    ] {
        out.push(written.replace('@', MARK));
    }
    out
}

/// Each writing in everything that takes an address, in a book of one page each.
fn book(html: &str) -> Vec<(String, String)> {
    let mut files = vec![
        ("book.toml".to_string(), format!("[markdown]\nhtml = \"{html}\"\n")),
        ("content/index.md".to_string(), "# Home\n".to_string()),
    ];
    for (number, address) in writings().into_iter().enumerate() {
        let quoted = address.replace('"', "&quot;");
        let text = format!(
            "---\ntitle: P{number}\n---\n\n[text](<{address}>) ![alt](<{address}> \"title\")\n\n\
             ![lone](<{address}> \"caption\")\n\n[name] ![name]\n\n[name]: <{address}>\n\n\
             ## [head](<{address}>) ![head](<{address}>)\n\n| [cell](<{address}>) |\n| --- |\n\n\
             <a href=\"{quoted}\">raw</a> <a href='{quoted}'>raw</a> <a href={quoted}>raw</a>\n\
             <img src=\"{quoted}\" srcset=\"{quoted} 2x\" alt=\"raw\" longdesc=\"{quoted}\">\n\n\
             <video src=\"{quoted}\" poster=\"{quoted}\"><source src=\"{quoted}\">\
             <track src=\"{quoted}\"></video><audio src=\"{quoted}\"></audio>\n\n\
             <blockquote cite=\"{quoted}\"><q cite=\"{quoted}\">raw</q></blockquote>\n\n\
             <area href=\"{quoted}\"><form action=\"{quoted}\"><button formaction=\"{quoted}\">x\
             </button></form><svg><a xlink:href=\"{quoted}\">x</a></svg>\n\n\
             <table background=\"{quoted}\"><tr><td>x</td></tr></table>\n"
        );
        files.push((format!("content/guide/p{number}.md"), text));
    }
    files
}

/// Attributes whose value is an address, or several.
const ADDRESSES: [&str; 14] = [
    "href",
    "src",
    "srcset",
    "poster",
    "cite",
    "action",
    "formaction",
    "xlink:href",
    "data",
    "background",
    "longdesc",
    "ping",
    "manifest",
    "codebase",
];

/// An address as a browser reads it.
fn as_browser(address: &str) -> String {
    let address = address.trim_matches(|c: char| c <= ' ');
    address.replace(['\t', '\n', '\r'], "").replace('\\', "/")
}

/// What is wrong with an address of the output.
fn fault(element: &str, address: &str) -> Option<&'static str> {
    let address = as_browser(address);
    let head: String =
        address.chars().take_while(|c| c.is_ascii_alphanumeric() || "+.-".contains(*c)).collect();
    let scheme = head.starts_with(|c: char| c.is_ascii_alphabetic())
        && address[head.len()..].starts_with(':');
    if scheme && !SCHEMES.contains(&head.to_ascii_lowercase().as_str()) {
        return Some("a scheme that is not on the list");
    }
    let away = (scheme || address.starts_with("//")) && address.contains(MARK);
    // A link that its author wrote openly may lead away.
    let open = element == "a" && address.trim_start_matches('/').starts_with(MARK);
    (away && !open).then_some("leads to another host")
}

fn check(url: &str, html: &str) -> Vec<String> {
    let mut out = Vec::new();
    let page = Html::parse_document(html);
    for element in page.root_element().descendants().filter_map(|node| node.value().as_element()) {
        for (name, value) in element.attrs().filter(|(name, _)| ADDRESSES.contains(name)) {
            for address in [value, value.split(' ').next().unwrap_or("")] {
                if let Some(fault) = fault(element.name(), address) {
                    out.push(format!("{url}: <{} {name}={value:?}>: {fault}", element.name()));
                }
            }
        }
    }
    out
}

fn read(html: &str) -> (Site, Vec<Code>) {
    let files = book(html);
    let files: Vec<(&str, &str)> = files.iter().map(|(p, t)| (p.as_str(), t.as_str())).collect();
    let (site, found) = site(&files);
    (site, found.into_iter().map(|(_, found)| found.code).collect())
}

#[test]
fn no_page_has_an_address_that_is_not_on_the_list() {
    for html in ["sanitize", "escape"] {
        let (site, _) = read(html);
        let mut wrong = Vec::new();
        let mut pages = 0;
        for (url, bytes) in everything(&site) {
            if url.ends_with(".html") {
                pages += 1;
                wrong.extend(check(&url, &String::from_utf8(bytes).unwrap()));
            }
        }
        assert!(pages > writings().len(), "{pages}");
        assert!(wrong.is_empty(), "{html}: {} wrong\n{}", wrong.len(), wrong.join("\n"));
    }
}

#[test]
fn what_leads_nowhere_is_text_and_told() {
    let (site, found) = read("sanitize");
    let page = support::page(&site, "guide/p1.html");
    assert!(page.contains(">text</span>"), "{page}");
    assert!(page.contains(">alt</span>"), "{page}");
    for tag in ["<a href=\"\"", "<img src=\"\"", "href=\"javascript"] {
        assert!(!page.contains(tag), "{tag} in {page}");
    }
    assert!(found.contains(&Code::UnsafeLink) && found.contains(&Code::DanglingLink), "{found:?}");
}

#[test]
fn a_file_with_an_odd_name_is_still_found() {
    let (site, found) = site(&[
        (
            "content/index.md",
            "# Home\n\n[a](javascript%3ax.md) [b](a%3Fb%23c.md) ![c](http%3ax.png)\n",
        ),
        ("content/javascript:x.md", "# A\n"),
        ("content/a?b#c.md", "# B\n"),
        ("content/http:x.png", ""),
    ]);
    let wrong: Vec<_> = found.iter().filter(|(_, f)| f.code != Code::UnsafePath).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    let page = support::page(&site, "index.html");
    for address in
        ["href=\"./javascript%3Ax.html\"", "\"a%3Fb%23c.html\"", "src=\"./http%3Ax.png\""]
    {
        assert!(page.contains(address), "{address} missing in {page}");
    }
    assert_eq!(check("index.html", &page), Vec::<String>::new());
}

#[test]
fn no_export_has_an_address_that_is_not_on_the_list() {
    let (site, _) = read("sanitize");
    let targets: Vec<Box<dyn Target>> = vec![
        Box::new(Confluence::default()),
        Box::new(MediaWiki::default()),
        Box::new(DokuWiki::default()),
        Box::new(GitWiki::new(Host::GitHub, None)),
        Box::new(GitWiki::new(Host::GitLab, None)),
    ];
    for target in &targets {
        let made = wikis::export(&**target, &site, &How::default());
        for (name, text) in &made.texts {
            let text = text.to_lowercase();
            for (at, _) in text.match_indices(MARK) {
                let before =
                    &text[text[..at].rfind(['"', '(', '[', '<', '{', '\n']).unwrap_or(0)..at];
                let bad = ["javascript", "vbscript", "data:", "data%", "{http", "file:", "blob"];
                assert!(!bad.iter().any(|bad| before.contains(bad)), "{name}: {before}");
            }
        }
    }
}

#[test]
fn no_handout_has_an_address_that_is_not_on_the_list() {
    let (site, _) = read("sanitize");
    let choice = handout::choose(&site, None).unwrap();
    let html = handout::make(&site, &choice, handout::Appendix::Full).unwrap().html;
    let page = html.replace("src=\"data:image/", "src=\"image/");
    assert_eq!(check("handout", &page), Vec::<String>::new());
    assert!(!html.contains("src=\"//"), "loads from another host");
}

#[test]
fn refused_settings_are_errors() {
    let (_, found) = site(&[
        ("book.toml", "[site]\nrepository = \"javascript:k2mark\"\nedit-url = \"data:x/{path}\"\n"),
        ("content/index.md", "# Home\n"),
    ]);
    let denied: Vec<Code> =
        found.iter().filter(|(level, _)| *level == Level::Deny).map(|(_, f)| f.code).collect();
    assert_eq!(denied, [Code::BadConfig, Code::BadConfig]);
}

#[test]
fn every_page_says_what_it_may_load_before_it_loads() {
    let pages = |toml: &str| {
        let (site, _) = site(&[
            ("book.toml", toml),
            ("content/index.md", "# Home\n"),
            (
                "content/guide/deck.md",
                "---\ntitle: Deck\nlayout: slides\n---\n\n# One\n\n---\n\nTwo\n",
            ),
            (
                "content/threats/T-001.md",
                "---\nid: T-001\naliases: [T-OLD-1]\ntitle: T\ntags: [x]\n---\n",
            ),
            ("content/models/M-001.md", "---\nid: M-001\ntitle: M\n---\n"),
        ]);
        let pages = everything(&site).into_iter().filter(|(url, _)| url.ends_with(".html"));
        pages.map(|(url, page)| (url, String::from_utf8(page).unwrap())).collect::<Vec<_>>()
    };
    let all = pages("");
    assert!(all.len() > 15, "{}", all.len());
    for (url, page) in all {
        let policy = page.find("<meta http-equiv=\"Content-Security-Policy\"");
        let policy = policy.unwrap_or_else(|| panic!("{url} has no policy"));
        let loads = ["<script", "<link", "<style", "<img"].iter().filter_map(|tag| page.find(tag));
        assert!(loads.min().is_some_and(|first| policy < first), "{url}");
        let content = page[policy..].split('"').nth(3).unwrap();
        assert!(content.contains("script-src 'self' file:;"), "{content}");
        assert!(!content.contains("https:") && !content.contains("unsafe"), "{content}");
    }
    let remote = pages("[markdown]\nremote-images = true\n");
    assert!(remote.iter().all(|(_, page)| page.contains("img-src 'self' file: https: http:;")));
    let allow = pages("[markdown]\nhtml = \"allow\"\n");
    assert!(allow.iter().all(|(_, page)| !page.contains("Content-Security-Policy")));
}

#[test]
fn names_with_signs_of_addresses_are_reached_from_everywhere() {
    let (site, _) = site(&[
        ("book.toml", "[site]\nurl = \"https://example.org/\"\n"),
        ("content/index.md", "# Home\n\n[w](guide/what%3F.md) [h](guide/hash%23tag.md#a-b)\n"),
        ("content/guide/what?.md", "# What?\n\n[n](hash%23tag.md)\n"),
        ("content/guide/hash#tag.md", "---\ntitle: Hash\ntags: [x]\n---\n\n## A b\n"),
        ("content/guide/100%25.md", "---\ntitle: Hundred\ntags: [x]\n---\n"),
        ("content/other/a.md", "# Other\n"),
    ]);
    let known = site.addresses();
    let mut wrong = Vec::new();
    for (url, bytes) in everything(&site).into_iter().filter(|(url, _)| url.ends_with(".html")) {
        let page = Html::parse_document(&String::from_utf8(bytes).unwrap());
        let elements = page.root_element().descendants();
        for href in elements.filter_map(|node| node.value().as_element()?.attr("href")) {
            let (from, href) = match href.strip_prefix("https://example.org/") {
                Some(rest) => ("index.html", rest),
                None => (url.as_str(), href),
            };
            if href.starts_with("http") || url == "404.html" {
                continue;
            }
            let path = href.split(['#', '?']).next().unwrap();
            let path = casebook::text::address::decode(path);
            let to = casebook::book::source::join(from, &path).unwrap();
            let index = if to.is_empty() { "index.html" } else { "/index.html" };
            let to = if to.is_empty() || path.ends_with('/') { to + index } else { to };
            if !path.is_empty() && !known.contains(&to) && !href.is_empty() {
                wrong.push(format!("{url}: {href}"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    let sitemap = support::page(&site, "sitemap.xml");
    for page in ["what%3F.html", "hash%23tag.html", "100%2525.html"] {
        assert!(sitemap.contains(page), "{sitemap}");
        assert!(site.documents().iter().any(|found| found.url.ends_with(page)), "{page}");
    }
}

#[test]
fn an_include_shows_no_draft_and_no_front_matter() {
    let (site, found) = site(&[
        (
            "content/index.md",
            "# Home\n\n{{#include d.md}}\n\n{{#include _drafts/e.md}}\n\n{{#include p.md}}\n\n[top](#top)\n",
        ),
        ("content/d.md", "\n---\ntitle: D\ndraft: true\n---\n\nquokkadraft\n"),
        ("content/_drafts/e.md", "# E\n\nquokkafolder\n"),
        ("content/p.md", "---\ntitle: Quokkatitle\n---\n\nquokkapage\n"),
    ]);
    let codes: Vec<Code> = found.iter().map(|(_, found)| found.code).collect();
    assert_eq!(codes.iter().filter(|code| **code == Code::HiddenFile).count(), 2, "{found:?}");
    assert!(!codes.contains(&Code::DanglingAnchor), "{found:?}");
    let home = support::page(&site, "index.html");
    let main = &home[home.find("<main").unwrap()..];
    assert!(main.contains("quokkapage") && !main.contains("title: Quokkatitle"), "{main}");
    assert!(!home.contains("quokkadraft") && !home.contains("quokkafolder"), "{home}");
    assert!(site.render("d.html").unwrap().is_none());
}

#[test]
fn names_that_differ_in_case_alone_are_told() {
    let (_, found) = site(&[
        ("content/index.md", "# Home\n\n![p](Pic.PNG) [a](Guide/A.md) [b](guide/a.md#Part-One)\n"),
        ("content/pic.png", ""),
        ("content/guide/a.md", "# A\n\n## Part one\n"),
    ]);
    let told: Vec<(Code, &str)> =
        found.iter().map(|(_, f)| (f.code, f.help.as_deref().unwrap_or(""))).collect();
    assert_eq!(
        told,
        [
            (Code::DanglingImage, "did you mean `pic.png`? Capital letters differ"),
            (Code::DanglingLink, "did you mean `guide/a.md`? Capital letters differ"),
            (Code::DanglingAnchor, "did you mean `#part-one`?"),
        ]
    );
}

#[test]
fn files_that_some_systems_take_for_one_are_told() {
    let (_, found) = site(&[
        ("content/index.md", "# Home\n"),
        ("content/pic.png", ""),
        ("content/Pic.PNG", ""),
        ("content/caf\u{e9}.md", "# A\n"),
        ("content/cafe\u{301}.md", "# B\n"),
    ]);
    let codes: Vec<Code> = found.iter().map(|(_, found)| found.code).collect();
    assert_eq!(codes, [Code::UrlClash, Code::UrlClash]);
}

#[test]
fn no_name_stands_twice_on_a_page() {
    let words = [
        "STRIDE",
        "Used by",
        "fn 1",
        "fnref 1",
        "Search open",
        "Theme switch",
        "Content",
        "Menu",
        "Casebook content",
        "Casebook menu",
        "Casebook toc",
        "Casebook search",
        "Near",
        "Uses",
        "Linked from",
        "Revisions",
        "Changes",
        "Transcript",
        "Print contents",
        "Used by uses",
        "1",
        "T-001",
        "T",
        "Top",
        "Not found near",
        "Casebook fn 1",
        "Casebook used by",
        "Toc",
    ];
    let headings: String = words.iter().map(|word| format!("## {word}\n\nx[^1]\n\n")).collect();
    let forged = "## Forged {#Casebook-menu}\n\n## Other {#Casebook-used-by}\n\n\
                  <p id=\"Casebook-content\">x</p> <a name=Casebook-search>y</a>\n\n[^1]: Note.\n";
    let text = format!("{headings}{forged}");
    let model = format!(
        "---\nid: M-A-001\ntitle: M\n---\n```mermaid dfd\nflowchart LR\na[A] --> b[(B)]\n```\n\n\
         ```threats\n- use: T-001\n  on: b\n  status: open\n```\n\n{text}"
    );
    let entry = format!(
        "---\nid: T-001\ntitle: T\nstride: [spoofing]\nchanges:\n- date: 2026-01-01\n  what: x\n---\n{text}"
    );
    let deck = format!("---\ntitle: Deck\nlayout: slides\n---\n# One\n\n{text}\n\n---\n\nTwo\n");
    let guide = format!("---\ntitle: A\ntags: [x]\n---\n\n[[T-001]] [[M-A-001]]\n\n{text}");
    let (site, _) = site(&[
        ("content/index.md", &format!("# Home\n\n{text}")),
        ("content/guide/index.md", &format!("# Guide\n\n{text}")),
        ("content/guide/a.md", &guide),
        ("content/guide/b.md", &guide.replace("title: A", "title: B")),
        ("content/guide/deck.md", &deck),
        ("content/404.md", &format!("# Lost\n\n{text}")),
        ("content/threats/index.md", &format!("# Threats\n\n{text}")),
        ("content/threats/T-001.md", &entry),
        ("content/models/m-1.md", &model),
        (
            "content/models/m-2.md",
            &model
                .replace("M-A-001", "M-A-002")
                .replace("title: M", "title: N\nsupersedes: M-A-001"),
        ),
    ]);
    let mut twice = Vec::new();
    for (url, bytes) in everything(&site).into_iter().filter(|(url, _)| url.ends_with(".html")) {
        let page = Html::parse_document(&String::from_utf8(bytes).unwrap());
        let mut seen = std::collections::BTreeSet::new();
        for node in page.root_element().descendants() {
            let Some(id) = node.value().as_element().and_then(|element| element.attr("id")) else {
                continue;
            };
            if !seen.insert(id.to_string()) {
                twice.push(format!("{url}: {id}"));
            }
        }
        assert!(seen.len() > 1 || url.contains("old"), "{url}: {seen:?}");
    }
    assert_eq!(twice, Vec::<String>::new());
}
