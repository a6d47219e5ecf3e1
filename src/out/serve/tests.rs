use super::*;
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::mpsc;

mod watching;

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
