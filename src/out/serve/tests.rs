use super::*;
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::mpsc;

/// A served book, in a folder of its own. The server lives as long as the process.
struct Desk {
    folder: tempfile::TempDir,
    port: u16,
}

struct Answer {
    status: u16,
    headers: BTreeMap<String, String>,
    body: String,
}

impl Desk {
    /// Serves the skeleton book.
    fn new() -> Desk {
        let folder = tempfile::tempdir().unwrap();
        crate::fixture::small(folder.path());
        Desk::serve(folder)
    }

    fn serve(folder: tempfile::TempDir) -> Desk {
        let root = folder.path().to_path_buf();
        Desk::serve_at(folder, &root)
    }

    fn serve_at(folder: tempfile::TempDir, root: &Path) -> Desk {
        let (sender, receiver) = mpsc::channel();
        let root = root.to_path_buf();
        std::thread::spawn(move || {
            let options = Options { port: Some(0), open: false };
            run(&root, options, &mut |event| {
                if let Event::Ready(address) = event {
                    let _ = sender.send(address.to_string());
                }
            })
        });
        let address = receiver.recv_timeout(Duration::from_secs(20)).unwrap();
        let port = address.trim_end_matches('/').rsplit(':').next().unwrap().parse().unwrap();
        Desk { folder, port }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        fs::write(self.path(path), text).unwrap();
    }

    fn send(&self, request: &[u8]) -> Option<Answer> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        // It may hang up before all is sent.
        let _ = stream.write_all(request);
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n")?;
        let mut lines = head.lines();
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let header = |line: &str| {
            let (name, value) = line.split_once(": ")?;
            Some((name.to_lowercase(), value.to_string()))
        };
        Some(Answer { status, headers: lines.filter_map(header).collect(), body: body.into() })
    }

    fn ask(&self, method: &str, path: &str, headers: &str) -> Answer {
        let request = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n{headers}\r\n");
        self.send(request.as_bytes()).unwrap()
    }

    fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &format!("Host: localhost:{}\r\n", self.port))
    }

    /// Waits until a page holds a text.
    #[track_caller]
    fn shows(&self, path: &str, text: &str) {
        let start = Instant::now();
        loop {
            let body = self.get(path).body;
            if body.contains(text) {
                break;
            }
            let patience = start.elapsed() < Duration::from_secs(5);
            assert!(patience, "{path} never shows `{text}`:\n{body}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// The states as a browser is told of them.
    fn events(&self) -> mpsc::Receiver<serde_json::Value> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let host = self.port;
        write!(stream, "GET /.casebook/events HTTP/1.1\r\nHost: localhost:{host}\r\n\r\n").unwrap();
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stream).lines() {
                let Ok(line) = line else { break };
                if let Some(data) = line.strip_prefix("data: ")
                    && sender.send(serde_json::from_str(data).unwrap()).is_err()
                {
                    break;
                }
            }
        });
        receiver
    }
}

fn next(events: &mpsc::Receiver<serde_json::Value>) -> serde_json::Value {
    events.recv_timeout(Duration::from_secs(5)).expect("an event")
}

const THREAT: &str = "content/threats/T-AUTH-001.md";
const PAGE: &str = "/threats/t-auth-001.html";

#[test]
fn pages_and_files() {
    let desk = Desk::new();
    let home = desk.get("/");
    assert_eq!(home.status, 200);
    assert_eq!(home.headers["content-type"], "text/html; charset=utf-8");
    assert_eq!(home.headers["cache-control"], "no-store");
    assert_eq!(home.headers["cross-origin-resource-policy"], "same-origin");
    for path in ["/", "/nothing.html"] {
        let policy = desk.get(path).headers["content-security-policy"].clone();
        for part in ["default-src 'none'", "frame-ancestors 'none'", "trusted-types"] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
    }
    assert!(!home.headers.keys().any(|name| name.starts_with("access-control")));
    assert!(home.body.contains("/.casebook/live.js") && home.body.contains("Threat models"));
    assert_eq!(desk.get("/index.html?x=1").status, 200);
    assert_eq!(desk.get("/threats/").status, 200);
    let folder = desk.get("/threats");
    assert_eq!((folder.status, folder.headers["location"].as_str()), (302, "/threats/"));
    for (path, kind) in [
        ("/assets/casebook.css", "text/css; charset=utf-8"),
        ("/assets/casebook.js", "text/javascript; charset=utf-8"),
        ("/assets/icon.svg", "image/svg+xml"),
        ("/search/meta.js", "text/javascript; charset=utf-8"),
        ("/.casebook/live.js", "text/javascript; charset=utf-8"),
        ("/.casebook/live.css", "text/css; charset=utf-8"),
    ] {
        let file = desk.get(path);
        assert_eq!((file.status, file.headers["content-type"].as_str()), (200, kind), "{path}");
        assert!(!file.body.contains("data-edition=\""), "{path}");
    }
    for path in ["/nothing.html", "/search/no.js", "/threats/x/y", "/.casebook/x", "//example.org"]
    {
        let missing = desk.get(path);
        assert_eq!(missing.status, 404, "{path}");
        assert!(missing.body.contains("There is no page"), "{path}");
    }
    let head = desk.ask("HEAD", "/", &format!("Host: localhost:{}\r\n", desk.port));
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert_eq!(head.headers["content-length"], home.headers["content-length"]);
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "X"] {
        let answer = desk.ask(method, "/", &format!("Host: localhost:{}\r\n", desk.port));
        assert_eq!((answer.status, answer.headers["allow"].as_str()), (405, "GET, HEAD"));
    }
}

#[test]
fn nothing_outside_the_site_is_read() {
    let desk = Desk::new();
    desk.write("secret.txt", "secret");
    for path in [
        "/../secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e/secret.txt",
        "/..\\secret.txt",
        "/content/../../secret.txt",
        "//secret.txt",
        "/book.toml",
        "/content/index.md",
        "/%00",
        "/..%c0%afsecret.txt",
        "/assets/../../secret.txt",
    ] {
        let answer = desk.get(path);
        assert!(matches!(answer.status, 400 | 404), "{path}: {}", answer.status);
        assert!(!answer.body.contains("secret\n"), "{path}");
    }
}

#[test]
fn other_hosts_and_other_pages_are_refused() {
    let desk = Desk::new();
    let port = desk.port;
    let own = [format!("localhost:{port}"), format!("127.0.0.1:{port}"), format!("[::1]:{port}")];
    let strange = [
        "".to_string(),
        "localhost".into(),
        "localhost:1".into(),
        format!("localhost:{port}0"),
        format!("localhost:0{port}"),
        format!("localhost.example.org:{port}"),
        format!("evil.example.org:{port}"),
        format!("127.0.0.1.example.org:{port}"),
        format!("127.0.0.2:{port}"),
        format!("0.0.0.0:{port}"),
        format!("user@localhost:{port}"),
        format!("localhost:{port}, evil.example.org"),
        format!("localhost:{port}/"),
    ];
    let status = |headers: &str| desk.ask("GET", "/", headers).status;
    for host in &own {
        let host = format!("Host: {host}\r\n");
        assert_eq!(status(&host), 200, "{host}");
        for origin in &own {
            assert_eq!(status(&format!("{host}Origin: http://{origin}\r\n")), 200);
        }
        for origin in strange.iter().map(|host| format!("http://{host}")).chain([
            "null".into(),
            format!("https://localhost:{port}"),
            format!("file://localhost:{port}"),
            format!("localhost:{port}"),
        ]) {
            let answer = desk.ask("GET", "/", &format!("{host}Origin: {origin}\r\n"));
            assert_eq!(answer.status, 403, "{origin}");
            assert!(!answer.headers.keys().any(|name| name.starts_with("access-control")));
        }
        for (site, mode, dest, wanted) in [
            ("same-origin", "no-cors", "script", 200),
            ("none", "navigate", "document", 200),
            ("cross-site", "navigate", "document", 200),
            ("cross-site", "navigate", "iframe", 403),
            ("cross-site", "no-cors", "script", 403),
            ("same-site", "no-cors", "script", 403),
            ("cross-site", "cors", "empty", 403),
        ] {
            let fetch = format!(
                "Sec-Fetch-Site: {site}\r\nSec-Fetch-Mode: {mode}\r\nSec-Fetch-Dest: {dest}\r\n"
            );
            assert_eq!(status(&format!("{host}{fetch}")), wanted, "{fetch}");
        }
    }
    for host in &strange {
        let status = status(&format!("Host: {host}\r\n"));
        assert!(matches!(status, 403 | 400), "{host}: {status}");
    }
    assert_eq!(status(&format!("Host: localhost:{port}\r\nHost: localhost:{port}\r\n")), 403);
    assert_eq!(status(""), 403);
    let elsewhere = format!(
        "GET http://evil.example.org/ HTTP/1.1\r\nHost: localhost:{port}\r\n\
                             Connection: close\r\n\r\n"
    );
    assert_eq!(desk.send(elsewhere.as_bytes()).unwrap().status, 403);
}

#[test]
fn bad_requests_do_not_stop_it() {
    let desk = Desk::new();
    let host = format!("Host: localhost:{}\r\n", desk.port);
    let long = "a".repeat(1 << 20);
    let many: String = (0..5000).map(|n| format!("X-{n}: y\r\n")).collect();
    let requests: [Vec<u8>; 10] = [
        b"\x16\x03\x01\x02\x00\x01\x00\x01".to_vec(),
        b"\r\n\r\n\r\n".to_vec(),
        b"GET / HTTP/9.9\r\n\r\n".to_vec(),
        b"GET\0/ HTTP/1.1\r\n\r\n".to_vec(),
        b"GET / HTTP/1.1\r\nHost: \xff\xfe\r\n\r\n".to_vec(),
        b"CONNECT localhost:1 HTTP/1.1\r\nHost: localhost:1\r\n\r\n".to_vec(),
        format!("GET /{long} HTTP/1.1\r\n{host}Connection: close\r\n\r\n").into_bytes(),
        format!("GET / HTTP/1.1\r\n{host}{many}Connection: close\r\n\r\n").into_bytes(),
        format!("GET / HTTP/1.1\r\n{host}Content-Length: 99999999999999999999\r\n\r\n").into(),
        format!("POST / HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\n\r\nzz\r\n").into_bytes(),
    ];
    for request in &requests {
        let answer = desk.send(request);
        assert!(answer.is_none_or(|answer| answer.status >= 400));
        assert_eq!(desk.get("/").status, 200);
    }
}

#[test]
fn slow_requests_end() {
    let desk = Desk::new();
    let host = format!("Host: localhost:{}\r\n", desk.port);
    for request in [
        String::new(),
        "GET / HT".to_string(),
        format!("GET / HTTP/1.1\r\n{host}X-Slow: "),
        // Said to be kept open, and then silent.
        format!("GET / HTTP/1.1\r\n{host}\r\n"),
        format!("GET / HTTP/1.1\r\n{host}Content-Length: 1000000000\r\n\r\nx"),
    ] {
        let start = Instant::now();
        desk.send(request.as_bytes());
        assert!(start.elapsed() < Duration::from_secs(8), "{request:?}");
    }
}

/// A name, and how to save a text.
type Way<'w> = (&'static str, Box<dyn Fn(&str) + 'w>);

/// Each way in which editors save, as a change of the threat's title.
#[test]
fn every_way_to_save_is_seen_once() {
    let desk = Desk::new();
    let events = desk.events();
    next(&events);
    let old = fs::read_to_string(desk.path(THREAT)).unwrap();
    let file = desk.path(THREAT);
    let beside = desk.path("content/threats/.T-AUTH-001.md.swp");
    let elsewhere = desk.path("elsewhere.md");
    let mut ways: Vec<Way<'_>> = vec![
        ("truncate", Box::new(|text| fs::write(&file, text).unwrap())),
        (
            "in two writes",
            Box::new(|text| {
                let mut open = fs::File::create(&file).unwrap();
                open.write_all(&text.as_bytes()[..100]).unwrap();
                std::thread::sleep(Duration::from_millis(25));
                open.write_all(&text.as_bytes()[100..]).unwrap();
            }),
        ),
        (
            "rename over, from beside",
            Box::new(|text| {
                fs::write(&beside, text).unwrap();
                fs::rename(&beside, &file).unwrap();
            }),
        ),
        (
            "rename over, from elsewhere",
            Box::new(|text| {
                fs::write(&elsewhere, text).unwrap();
                fs::rename(&elsewhere, &file).unwrap();
            }),
        ),
        (
            "backup first",
            Box::new(|text| {
                fs::rename(&file, desk.path("content/threats/T-AUTH-001.md~")).unwrap();
                fs::write(&file, text).unwrap();
                fs::remove_file(desk.path("content/threats/T-AUTH-001.md~")).unwrap();
            }),
        ),
        (
            "delete and create",
            Box::new(|text| {
                fs::remove_file(&file).unwrap();
                fs::write(&file, text).unwrap();
            }),
        ),
    ];
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        ways.push((
            "exchange a link",
            Box::new(|text| {
                let target = desk.path(&format!("content/..drafts/{}.md", text.len()));
                fs::create_dir_all(target.parent().unwrap()).unwrap();
                fs::write(&target, text).unwrap();
                symlink(&target, &beside).unwrap();
                fs::rename(&beside, &file).unwrap();
            }),
        ));
        ways.push((
            "exchange a link on the way",
            Box::new(|text| {
                let drafts = desk.path(&format!("content/..v{}", text.len()));
                fs::create_dir_all(&drafts).unwrap();
                fs::write(drafts.join("x.md"), text).unwrap();
                let now = desk.path("content/..data");
                symlink(&drafts, desk.path("content/..data_tmp")).unwrap();
                fs::rename(desk.path("content/..data_tmp"), &now).unwrap();
                if fs::read_link(&file).ok() != Some(now.join("x.md")) {
                    symlink(now.join("x.md"), &beside).unwrap();
                    fs::rename(&beside, &file).unwrap();
                }
            }),
        ));
    }
    let mut edition = String::new();
    for (number, (way, save)) in ways.iter().enumerate() {
        for round in 0..3 {
            let title = format!("Title {number} {}", "I".repeat(1 + round + number * 3));
            let text = old.replace("Attacker tries leaked passwords at the sign-in", &title);
            save(&text);
            let state = next(&events);
            assert_eq!(state["trouble"], serde_json::Value::Null, "{way}, {round}");
            assert_ne!(state["edition"], edition.as_str(), "{way}, {round}");
            edition = state["edition"].as_str().unwrap().to_string();
            assert!(desk.get(PAGE).body.contains(&title), "{way}, {round}");
            // What links to it is right too.
            assert!(desk.get("/models/sign-in/index.html").body.contains(&title), "{way}");
            let more = events.recv_timeout(Duration::from_millis(120));
            assert!(more.is_err(), "{way} is seen twice: {more:?}");
        }
    }
    // Saved without a change.
    save_again(&file);
    assert!(events.recv_timeout(Duration::from_millis(300)).is_err());
}

fn save_again(file: &Path) {
    let text = fs::read(file).unwrap();
    fs::write(file, text).unwrap();
}

#[test]
fn whatever_the_site_is_made_of_is_watched() {
    let desk = Desk::new();
    // A new folder, a file in it, and the file gone.
    desk.write("content/threats/web/deep/T-WEB-001.md", "---\ntitle: Fresh\nid: T-WEB-001\n---\n");
    desk.shows("/threats/t-web-001.html", "Fresh");
    desk.write("content/threats/web/deep/T-WEB-001.md", "---\ntitle: Later\nid: T-WEB-001\n---\n");
    desk.shows("/threats/t-web-001.html", "Later");
    fs::rename(desk.path("content/threats/web"), desk.path("content/threats/net")).unwrap();
    desk.write("content/threats/net/deep/T-WEB-001.md", "---\ntitle: Moved\nid: T-WEB-001\n---\n");
    desk.shows("/threats/t-web-001.html", "Moved");
    fs::remove_dir_all(desk.path("content/threats/net")).unwrap();
    desk.shows("/threats/t-web-001.html", "There is no page");
    // Settings.
    let config = fs::read_to_string(desk.path("book.toml")).unwrap();
    desk.write("book.toml", &config.replace("Threat models", "Another title"));
    desk.shows("/", "Another title");
    // A theme that was not there before.
    desk.write("theme/assets/casebook.css", "/* mine */");
    desk.shows("/assets/casebook.css", "/* mine */");
    desk.write("theme/templates/404.html", "nothing here, {{ site.title }}</body>");
    desk.shows("/nowhere", "nothing here, Another title");
    fs::remove_dir_all(desk.path("theme")).unwrap();
    desk.shows("/nowhere", "There is no page");
    // An included file outside the sources.
    desk.write("code/a.txt", "first words");
    desk.write(
        "content/guide/02-more.md",
        "---\ntitle: More\n---\n{{#include ../../code/a.txt}}\n",
    );
    desk.shows("/guide/02-more.html", "first words");
    for text in ["second words", "third words"] {
        desk.write("code/a.txt", text);
        desk.shows("/guide/02-more.html", text);
    }
    // The whole source folder, exchanged.
    fs::rename(desk.path("content"), desk.path("old")).unwrap();
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(desk.get("/").status, 200);
    fs::rename(desk.path("old"), desk.path("content")).unwrap();
    desk.write("content/guide/02-more.md", "---\ntitle: More\n---\nback again\n");
    desk.shows("/guide/02-more.html", "back again");
}

#[test]
fn while_it_is_broken_the_last_good_site_is_shown() {
    let desk = Desk::new();
    let events = desk.events();
    let first = next(&events);
    assert_eq!(first["trouble"], serde_json::Value::Null);
    let good = fs::read_to_string(desk.path(THREAT)).unwrap();
    desk.write(THREAT, &good.replace("[R-AUTH-001]", "[R-AUTH-099]").replace("leaked", "LEAKED"));
    let broken = next(&events);
    assert_eq!((&broken["edition"], &broken["stale"]), (&first["edition"], &true.into()));
    let trouble = broken["trouble"].as_str().unwrap();
    assert!(trouble.contains("R-AUTH-099") && trouble.contains(THREAT), "{trouble}");
    assert!(!desk.get(PAGE).body.contains("LEAKED"));
    desk.write(THREAT, &good.replace("leaked", "LEAKED"));
    let fixed = next(&events);
    assert_ne!(fixed["edition"], first["edition"]);
    assert_eq!(fixed["trouble"], serde_json::Value::Null);
    assert!(desk.get(PAGE).body.contains("LEAKED"));
}

#[test]
fn a_book_that_is_broken_from_the_start_is_served_too() {
    let folder = tempfile::tempdir().unwrap();
    crate::fixture::small(folder.path());
    let file = folder.path().join("content/guide/02-bad.md");
    fs::write(file, "---\ntitle: Bad\n---\n[[T-NO-001]]\n").unwrap();
    let desk = Desk::serve(folder);
    let events = desk.events();
    let state = next(&events);
    assert!(state["trouble"].as_str().unwrap().contains("T-NO-001"));
    assert_eq!(state["stale"], false);
    assert_eq!(desk.get("/guide/02-bad.html").status, 200);
    desk.write("content/guide/02-bad.md", "---\ntitle: Bad\n---\n[[T-NO-002]]\n");
    assert!(next(&events)["trouble"].as_str().unwrap().contains("T-NO-002"));
    assert!(desk.get("/guide/02-bad.html").body.contains("T-NO-002"));
}

#[test]
fn a_template_that_fails_is_a_page_with_the_reason() {
    let desk = Desk::new();
    desk.write("theme/templates/entry.html", "{{ page.title|upper }}{{ 1 / 0 }}<b>");
    let start = Instant::now();
    loop {
        let answer = desk.get(PAGE);
        if answer.status == 500 {
            assert!(answer.body.contains("entry.html"), "{}", answer.body);
            assert!(answer.body.contains("/.casebook/live.js"));
            break;
        }
        assert!(start.elapsed() < Duration::from_secs(5), "{}", answer.status);
    }
    assert_eq!(desk.get("/").status, 200);
}

#[test]
fn many_readers_are_told() {
    let desk = Desk::new();
    let readers: Vec<_> = (0..100).map(|_| desk.events()).collect();
    readers.iter().for_each(|reader| assert!(next(reader)["edition"].is_string()));
    let good = fs::read_to_string(desk.path(THREAT)).unwrap();
    desk.write(THREAT, &good.replace("leaked", "LEAKED"));
    let told: Vec<_> = readers.iter().map(next).collect();
    assert!(told.iter().all(|state| state["edition"] == told[0]["edition"]));
}

/// Connections that stay open, each after it has sent something.
fn crowd(desk: &Desk, request: &str, number: usize) -> Vec<TcpStream> {
    let open = |_| {
        let mut stream = TcpStream::connect(("127.0.0.1", desk.port)).unwrap();
        let _ = stream.write_all(request.as_bytes());
        stream
    };
    (0..number).map(open).collect()
}

#[test]
fn a_crowd_keeps_nobody_out() {
    let desk = Desk::new();
    let number = crowd::CONNECTIONS + 8;
    let host = format!("Host: localhost:{}\r\n\r\n", desk.port);
    let events = format!("GET /.casebook/events HTTP/1.1\r\n{host}");
    let page = format!("GET / HTTP/1.1\r\n{host}");
    // Those who say nothing, those who wait for events, those who stay after an answer.
    for request in ["", "GET / HT", events.as_str(), page.as_str()] {
        let held = crowd(&desk, request, number);
        desk.shows("/", "Threat models");
        assert_eq!(desk.get("/index.html").status, 200, "{request:?}");
        drop(held);
    }
}

#[test]
fn who_does_not_read_is_cut_off() {
    let desk = Desk::new();
    desk.write("content/large.zip", &"x".repeat(64 << 20));
    desk.shows("/large.zip", "xxx");
    let head = format!("GET /large.zip HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", desk.port);
    let held = crowd(&desk, &head, 1);
    // It ends although nobody reads: what is left in the buffers is less than the file.
    std::thread::sleep(http::PATIENCE + Duration::from_secs(1));
    let mut rest = Vec::new();
    held[0].set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let _ = (&held[0]).read_to_end(&mut rest);
    assert!(rest.len() < 64 << 20, "{}", rest.len());
}

#[cfg(unix)]
#[test]
fn what_a_link_leads_to_is_watched() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let book = |path: &str| folder.path().join(path);
    for path in ["content", "shared/part", "text"] {
        fs::create_dir_all(book(path)).unwrap();
    }
    fs::write(book("content/index.md"), "# H\n\n{{#include ../text/link.md}}\n").unwrap();
    fs::write(book("shared/a.md"), "# A\n\nfirst\n").unwrap();
    fs::write(book("shared/part/b.md"), "# B\n\nfirst\n").unwrap();
    fs::write(book("shared/c.md"), "included first\n").unwrap();
    symlink("../shared/a.md", book("content/a.md")).unwrap();
    symlink("../shared/part", book("content/part")).unwrap();
    symlink("../shared/c.md", book("text/link.md")).unwrap();
    let desk = Desk::serve(folder);
    for word in ["first", "second", "third"] {
        if word != "first" {
            desk.write("shared/a.md", &format!("# A\n\n{word}\n"));
            desk.write("shared/part/b.md", &format!("# B\n\n{word}\n"));
            desk.write("shared/c.md", &format!("included {word}\n"));
        }
        desk.shows("/a.html", word);
        desk.shows("/part/b.html", word);
        desk.shows("/", &format!("included {word}"));
    }
}

#[test]
fn a_book_that_is_made_anew_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("book");
    let make = |word: &str| {
        fs::create_dir_all(root.join("content")).unwrap();
        fs::write(root.join("content/index.md"), format!("# H\n\n{word}\n")).unwrap();
    };
    make("first");
    let desk = Desk::serve_at(folder, &root);
    for word in ["second", "third"] {
        let events = desk.events();
        next(&events);
        fs::remove_dir_all(&root).unwrap();
        while next(&events)["trouble"].is_null() {}
        make(word);
        desk.shows("/", word);
        fs::write(root.join("content/index.md"), format!("# H\n\n{word} edited\n")).unwrap();
        desk.shows("/", &format!("{word} edited"));
    }
}

#[test]
fn without_the_help_of_the_system_files_are_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    crate::fixture::small(folder.path());
    let (book, _) = Book::open(folder.path()).unwrap();
    let mut watch = watch::Watch::new();
    watch.look_instead();
    watch.follow(&book).unwrap();
    let file = folder.path().join(THREAT);
    let (done, is_done) = mpsc::channel::<()>();
    let writing = std::thread::spawn(move || {
        // The first look may come after the first change.
        for n in 0.. {
            fs::write(&file, format!("# Changed {n}\n")).unwrap();
            let waited = is_done.recv_timeout(Duration::from_millis(300));
            if waited == Err(mpsc::RecvTimeoutError::Disconnected) {
                break;
            }
        }
    });
    assert_eq!(watch.next(&book), BTreeSet::from([THREAT.to_string()]));
    drop(done);
    writing.join().unwrap();
    let words = watch::Blind::Limit.to_string();
    assert!(words.contains("max_user_watches") && words.contains("every second"), "{words}");
}

#[test]
fn a_panic_is_trouble_and_no_end() {
    let error = outlive(|| -> io::Result<()> { panic!("a mistake") }).unwrap_err();
    assert!(error.to_string().contains("made a mistake"), "{error}");
}

#[test]
fn ports() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let error = listen(Some(port)).unwrap_err();
    assert!(matches!(error, ServeError::Port(p, _) if p == port), "{error}");
    let (_one, first) = listen(None).unwrap();
    let (_two, second) = listen(None).unwrap();
    assert!(first >= PORT && second > first, "{first} {second}");
}

/// Not a test: from saving a file until the new page is served.
#[test]
#[ignore = "measures"]
fn cost() {
    for pages in [1000, 10_000] {
        let folder = tempfile::tempdir().unwrap();
        crate::fixture::small(folder.path());
        for n in 1..pages {
            let text = format!(
                "---\nid: T-X-{n:05}\ntitle: Threat {n}\nrelated: [{}]\n---\n\n## How\n\n{}\n\
                 See [[T-X-00001]].\n\n```rust\nfn main() {{ println!(\"{n}\"); }}\n```\n",
                if n % 100 == 1 { "T-AUTH-001".into() } else { format!("T-X-{:05}", n - 1) },
                "Some words about it, and more of them to read. ".repeat(60)
            );
            fs::write(folder.path().join(format!("content/threats/T-X-{n:05}.md")), text).unwrap();
        }
        let start = Instant::now();
        let desk = Desk::serve(folder);
        println!("{pages} pages, start {} ms", start.elapsed().as_millis());
        let old = fs::read_to_string(desk.path(THREAT)).unwrap();
        let mut times: Vec<u128> = (0..15)
            .map(|n| {
                let title = format!("Title {n}.");
                let text = old.replace("Attacker tries leaked", &title);
                let start = Instant::now();
                desk.write(THREAT, &text);
                std::thread::sleep(Duration::from_millis(15));
                while !desk.get(PAGE).body.contains(&title) {
                    std::thread::sleep(Duration::from_millis(1));
                }
                let took = start.elapsed().as_millis();
                std::thread::sleep(Duration::from_millis(100));
                took
            })
            .collect();
        times.sort();
        println!("{pages} pages, edit to page: {times:?} ms");
        let start = Instant::now();
        assert_eq!(desk.get("/search/meta.js").status, 200);
        println!("{pages} pages, first search file {} ms", start.elapsed().as_millis());
        let start = Instant::now();
        assert_eq!(desk.get("/search/c/0.js").status, 200);
        println!("{pages} pages, next search file {} ms", start.elapsed().as_millis());
    }
}
