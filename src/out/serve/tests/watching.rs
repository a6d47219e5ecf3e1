//! What an edit shows, however it is saved, and what is shown while a book is broken.

use super::*;

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
