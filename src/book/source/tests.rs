use super::name::unsafe_name;
use super::*;

#[test]
fn joining_never_leaves_the_top() {
    assert_eq!(join("a/b.md", "../c.md").as_deref(), Some("c.md"));
    assert_eq!(join("a/b.md", "./c/../d.md").as_deref(), Some("a/d.md"));
    for bad in ["../../x", "/etc/passwd", "..\\..\\x", "a\0b"] {
        assert_eq!(join("a/b.md", bad), None, "{bad}");
    }
}

#[test]
fn names_that_cannot_be_stored() {
    assert_eq!(unsafe_name("a/console v1.2.md"), None);
    for bad in [
        "con.md",
        "x/LPT1",
        "a\u{1}b.md",
        "NUL",
        "a|b?.md",
        "a*.md",
        "a\"b.md",
        "a:b.md",
        "trail .md",
        "trail..md",
        "dot./a.md",
        "blank /a.md",
        " a.md",
        "a<b>.png",
    ] {
        assert!(unsafe_name(bad).is_some(), "{bad}");
    }
}

#[test]
fn links_out_of_the_book_are_not_followed() {
    let outer = tempfile::tempdir().unwrap();
    let root = outer.path().join("book");
    std::fs::create_dir_all(root.join("content")).unwrap();
    std::fs::write(outer.path().join("secret.md"), "secret").unwrap();
    std::fs::write(root.join("content/a.md"), "a").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(outer.path().join("secret.md"), root.join("content/b.md")).unwrap();
    let sources = Sources::load(&root, &Config::default()).unwrap();
    let paths: Vec<&str> = sources.files().map(|(path, _)| &**path).collect();
    assert_eq!(paths, ["content/a.md"]);
    #[cfg(unix)]
    assert_eq!(sources.diagnostics().count(), 1);
    assert_eq!(sources.include("content/a.md", "../../secret.md"), Err(IncludeError::Outside));
}

#[test]
#[cfg(unix)]
fn what_is_hidden_is_not_reached_by_another_way() {
    use std::os::unix::fs::symlink;
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    for (path, text) in [
        (".env", "secret"),
        (".git/config", "secret"),
        ("content/a.md", "a"),
        ("content/.hidden/b.md", "secret"),
        ("content/notes/c.md", "secret"),
        ("code/x.rs", "open"),
    ] {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    symlink("../.git", root.join("content/pub")).unwrap();
    symlink("../.env", root.join("content/env.txt")).unwrap();
    symlink(".hidden/b.md", root.join("content/b.md")).unwrap();
    symlink("notes", root.join("content/other")).unwrap();
    symlink("../.env", root.join("code/env")).unwrap();
    symlink("../.git", root.join("code/git")).unwrap();
    let (config, found) = Config::parse("[build]\nexclude = [\"notes/\"]\n", "content");
    assert_eq!(found, []);
    let sources = Sources::load(root, &config).unwrap();
    let paths: Vec<&str> = sources.published().map(|(path, ..)| path).collect();
    assert_eq!(paths, ["a.md"]);
    let codes: Vec<Code> = sources.diagnostics().map(|found| found.code).collect();
    assert_eq!(codes, [Code::HiddenFile; 4]);
    for path in [
        "../.env",
        "../.git/config",
        ".hidden/b.md",
        "notes/c.md",
        "../code/env",
        "../code/git/config",
        "./x/../../.env",
        "env.txt",
    ] {
        let read = sources.include("content/a.md", path);
        assert_eq!(read, Err(IncludeError::Hidden), "{path}");
    }
    assert!(sources.include("content/a.md", "../code/x.rs").is_ok());
}

#[test]
#[cfg(unix)]
fn a_folder_that_cannot_be_read_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    std::fs::create_dir_all(root.join("content/threats")).unwrap();
    std::fs::write(root.join("content/a.md"), "a").unwrap();
    let shut = |path: &str, mode| {
        let rights = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(root.join(path), rights).unwrap();
    };
    shut("content/threats", 0);
    if std::fs::read_dir(root.join("content/threats")).is_ok() {
        shut("content/threats", 0o755);
        eprintln!("skipped: this user may read everything");
        return;
    }
    std::fs::create_dir_all(root.join("parts")).unwrap();
    std::fs::write(root.join("parts/x.txt"), "x").unwrap();
    shut("parts", 0);
    let sources = Sources::load(root, &Config::default()).unwrap();
    let included = sources.include("content/a.md", "../parts/x.txt");
    assert_eq!(included, Err(IncludeError::Unreadable));
    shut("parts", 0o755);
    let found: Vec<&Diagnostic> = sources.diagnostics().collect();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].code, Code::UnreadableFile);
    assert!(found[0].message.contains("content/threats"), "{}", found[0].message);
    shut("content", 0);
    assert!(Sources::load(root, &Config::default()).is_err());
    shut("content", 0o755);
    shut("content/threats", 0o755);
}

#[test]
#[cfg(unix)]
fn names_and_folders_that_cannot_be_had_are_told() {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;
    let outer = tempfile::tempdir().unwrap();
    let root = outer.path().join("book");
    std::fs::create_dir_all(root.join("content")).unwrap();
    std::fs::create_dir_all(outer.path().join("elsewhere")).unwrap();
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.md");
    std::fs::write(root.join("content").join(name), "x").unwrap();
    symlink("nothing", root.join("content/gone.md")).unwrap();
    let sources = Sources::load(&root, &Config::default()).unwrap();
    let codes: Vec<Code> = sources.diagnostics().map(|found| found.code).collect();
    assert_eq!(codes, [Code::UnreadableFile; 2]);
    symlink("../elsewhere", root.join("src")).unwrap();
    let config = Config { src: "src".into(), ..Config::default() };
    let error = Sources::load(&root, &config).unwrap_err().to_string();
    assert!(error.contains("out of the book"), "{error}");
}

#[test]
#[cfg(unix)]
fn links_inside_the_book_are_followed_once() {
    use std::os::unix::fs::symlink;
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    for folder in ["content/x", "text/part"] {
        std::fs::create_dir_all(root.join(folder)).unwrap();
    }
    std::fs::write(root.join("text/part/a.md"), "a").unwrap();
    symlink("../text/part", root.join("content/part")).unwrap();
    symlink("../text/part/a.md", root.join("content/b.md")).unwrap();
    symlink("../../content", root.join("content/x/circle")).unwrap();
    symlink("../../content/x", root.join("text/part/again")).unwrap();
    let sources = Sources::load(root, &Config::default()).unwrap();
    let paths: Vec<&str> = sources.files().map(|(path, _)| &**path).collect();
    assert_eq!(paths, ["content/b.md", "content/part/a.md"]);
    assert_eq!(sources.diagnostics().count(), 2);
}
