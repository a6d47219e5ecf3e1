//! `casebook new`: the next entry, model or guide step, ready to be filled in.
#![allow(clippy::disallowed_methods, reason = "a command that writes files")]

use super::init::create;
use super::{Book, Failure, report};
use crate::model::draft::{Draft, NewError, Request, Size, Uses, draft};
use crate::site::Site;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Write the next entry, model or page, ready to be filled in.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// threat, requirement, assumption, model, guide, or a kind of book.toml
    kind: String,
    /// The title, in quotes
    title: String,
    #[command(flatten)]
    book: Book,
    /// Area of the ID: `--area AUTH` gives T-AUTH-001, without it the ID is T-001
    #[arg(long, value_name = "AREA")]
    area: Option<String>,
    /// The ID, where it is not to be the next free one
    #[arg(long, value_name = "ID", conflicts_with = "area")]
    id: Option<String>,
    /// Size of a model [default: small]
    #[arg(long, value_enum)]
    size: Option<Size>,
    /// Entries for a model, such as T-AUTH-001,A-ID-001; a threat brings the requirements
    /// that treat it
    #[arg(long = "use", value_name = "IDS", value_delimiter = ',')]
    uses: Vec<String>,
}

pub(super) fn command(args: &Args) -> Result<ExitCode, Failure> {
    let (site, _) = report::open(&args.book)?;
    let uses = Uses::find(&site.graph, &args.uses)?;
    let request = Request {
        kind: &args.kind,
        title: &args.title,
        area: args.area.as_deref(),
        id: args.id.as_deref(),
        date: &jiff::ZonedDateTime::now().date().to_string(),
        size: args.size,
        uses: (!args.uses.is_empty()).then_some(&uses),
    };
    let taken = taken(&site);
    let files = site.sources.published().map(|(path, _, _)| path);
    let draft = draft(&request, &site.config, taken, files).map_err(|error| error.to_string())?;
    let file = write(&args.book.dir, &draft).map_err(|error| error.to_string())?;
    say!("{}", file.display());
    Ok(ExitCode::SUCCESS)
}

/// The IDs that are taken, first as they are written, so that the next one is written like them.
pub(super) fn taken(site: &Site) -> impl Iterator<Item = &str> {
    let written = site.graph.nodes.iter().filter_map(|node| node.id.as_deref());
    let known = site.graph.by_id.keys().chain(site.graph.locals.keys()).map(String::as_str);
    written.chain(known)
}

/// Writes a draft into a book. Never overwrites.
///
/// # Errors
/// When the file exists, its folder leads out of the book, or the disk refuses.
pub fn write(root: &Path, draft: &Draft) -> Result<PathBuf, NewError> {
    let file = root.join(&draft.path);
    let io = |error| NewError::Io(file.clone(), error);
    let there = file.ancestors().skip(1).find(|folder| folder.exists()).unwrap_or(root);
    let inside = there.canonicalize().map_err(io)?.starts_with(root.canonicalize().map_err(io)?);
    if !inside {
        return Err(NewError::Outside(file));
    }
    match create(&file, &draft.text) {
        Ok(()) => Ok(file),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(NewError::Exists(draft.path.clone()))
        }
        Err(error) => Err(io(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::config::Config;
    use crate::site::{Memo, Site};

    fn request<'r>(kind: &'r str, title: &'r str, area: Option<&'r str>) -> Request<'r> {
        Request { kind, title, area, id: None, date: "2026-11-24", size: None, uses: None }
    }

    fn make(
        kind: &str,
        title: &str,
        area: Option<&str>,
        files: &[&str],
    ) -> Result<Draft, NewError> {
        let (config, _) = Config::parse("[kinds.control]\nprefix = \"C\"\n", "content");
        let taken = ["t-auth-001", "t-auth-004", "t-002", "gift-007"];
        draft(&request(kind, title, area), &config, taken, files.iter().copied())
    }

    #[test]
    fn the_next_free_place() {
        let path = |kind, title, area, files: &[&str]| make(kind, title, area, files).unwrap().path;
        assert_eq!(path("threat", "X", Some("auth"), &[]), "content/threats/T-AUTH-005.md");
        assert_eq!(path("Threats", "X", None, &[]), "content/threats/T-003.md");
        assert_eq!(path("control", "X", None, &[]), "content/controls/C-001.md");
        assert_eq!(path("guide", "Über uns: 1+1", None, &[]), "content/guide/01-uber-uns-1-1.md");
        let files = ["guide/01-a.md", "guide/09-b/index.md", "guide/x-y.md", "other/77-z.md"];
        assert_eq!(path("guide", "X", None, &files), "content/guide/10-x.md");
        assert_eq!(path("model", "Gift cards", None, &[]), "content/models/gift-cards/index.md");
        assert_eq!(path("model", "???", None, &[]), "content/models/model/index.md");
        let text = make("model", "Gift cards", Some("GIFT"), &[]).unwrap().text;
        for id in ["M-GIFT-001", "GIFT-008", "GIFT-009", "GIFT-010", "2026-11-24"] {
            assert!(text.contains(id), "{id}");
        }
    }

    #[test]
    fn ids_of_a_form_of_their_own_go_on() {
        let (config, found) = Config::parse(
            "[kinds.control]\nprefix = \"C\"\nid = 'SEC_REQ_\\d+|CR \\d\\.\\d+'\n",
            "content",
        );
        assert_eq!(found, []);
        let make = |area, id, taken: &[&str]| {
            let request = Request { id, ..request("control", "X", area) };
            draft(&request, &config, taken.iter().copied(), []).map(|draft| draft.path)
        };
        let taken = ["SEC_REQ_7", "sec_req_7", "CR 1.9", "C-001"];
        assert_eq!(make(Some("SEC"), None, &taken).unwrap(), "content/controls/sec_req_8.md");
        assert_eq!(make(None, None, &taken).unwrap(), "content/controls/cr-1.10.md");
        assert_eq!(make(None, Some("CR 2.1"), &taken).unwrap(), "content/controls/cr-2.1.md");
        assert!(matches!(make(None, None, &["T-001"]), Err(NewError::OwnForm(_))));
        assert!(matches!(make(None, Some("cr 1.9"), &taken), Err(NewError::TakenId(_))));
        assert!(matches!(make(None, Some("../x"), &taken), Err(NewError::BadId(_))));
    }

    #[test]
    fn nonsense_is_refused() {
        let error = |kind, title, area| make(kind, title, area, &[]).unwrap_err().to_string();
        assert_eq!(error("thread", "X", None), "there is no kind `thread`; did you mean `threat`?");
        assert_eq!(error("threat", " ", None), "the title is empty");
        for area in ["", "A B", "../x", "-", "Ä"] {
            assert!(error("threat", "X", Some(area)).contains("cannot be part of an ID"), "{area}");
        }
        assert!(error("guide", "X", Some("A")).contains("takes no area"));
        let files = ["models/gift-cards/INDEX.md"];
        assert!(matches!(make("model", "Gift cards", None, &files), Err(NewError::Exists(_))));
    }

    #[test]
    fn what_is_written_has_no_mistakes() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        crate::fixture::small(root);
        let title = "A \"title\" with: {{id}} # and \\ `code`";
        for kind in ["threat", "requirement", "assumption", "model", "guide", "training"] {
            for _ in 0..2 {
                let (site, _) = Site::open(root, &mut Memo::default()).unwrap();
                let taken = site.graph.by_id.keys().chain(site.graph.locals.keys());
                let title = if kind == "model" {
                    format!("{} {title}", site.graph.nodes.len())
                } else {
                    title.to_string()
                };
                let files = site.sources.published().map(|(path, _, _)| path);
                let request = request(kind, &title, None);
                let draft =
                    draft(&request, &site.config, taken.map(String::as_str), files).unwrap();
                write(root, &draft).unwrap();
                assert!(matches!(write(root, &draft), Err(NewError::Exists(_))));
            }
        }
        let (site, found) = Site::open(root, &mut Memo::default()).unwrap();
        assert_eq!(found, []);
        let titled = site.graph.nodes.iter().filter(|node| node.title.contains("with: {{id}} #"));
        assert_eq!(titled.count(), 12);
    }

    /// A new book with a model of each size, and one with entries of the catalogue.
    #[test]
    fn models_of_every_size_have_no_mistakes() {
        let sizes = [Size::Note, Size::Small, Size::Standard, Size::Full];
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        crate::fixture::small(root);
        let mut lines = Vec::new();
        for ids in ["", "t-auth-001, A-ID-001,T-AUTH-001"] {
            for size in sizes {
                let (site, _) = Site::open(root, &mut Memo::default()).unwrap();
                let ids: Vec<String> = ids.split(',').map(str::to_string).collect();
                let uses = Uses::find(&site.graph, &ids).unwrap();
                let title = format!("{size:?} {}", site.graph.nodes.len());
                let taken = site.graph.by_id.keys().chain(site.graph.locals.keys());
                let files = site.sources.published().map(|(path, _, _)| path);
                let request = Request {
                    size: Some(size),
                    uses: (ids.len() > 1).then_some(&uses),
                    ..request("model", &title, None)
                };
                let taken = taken.map(String::as_str);
                let draft = draft(&request, &site.config, taken, files).unwrap();
                write(root, &draft).unwrap();
                lines.push(draft.text.lines().count());
                if ids.len() > 1 {
                    for item in [
                        "- use: T-AUTH-001 ",
                        "requirements: [R-AUTH-001]",
                        "- use: R-AUTH-001 ",
                        "- use: A-ID-001 ",
                    ] {
                        assert_eq!(draft.text.matches(item).count(), 1, "{item}\n{}", draft.text);
                    }
                    assert!(!draft.text.contains("No particular"), "{}", draft.text);
                }
            }
        }
        assert!(lines[0] <= 12 && lines[..4].is_sorted(), "{lines:?}");
        let (site, found) = Site::open(root, &mut Memo::default()).unwrap();
        assert_eq!(found, []);
        for address in site.addresses() {
            assert!(site.render(&address).unwrap().is_some(), "{address}");
        }
    }

    #[test]
    fn only_entries_can_be_used_and_only_by_models() {
        let folder = tempfile::tempdir().unwrap();
        crate::fixture::small(folder.path());
        let (site, _) = Site::open(folder.path(), &mut Memo::default()).unwrap();
        let find = |id: &str| Uses::find(&site.graph, &[id.to_string()]);
        let error = |id| find(id).unwrap_err();
        assert_eq!(
            error("T-AUHT-001"),
            "there is no entry `T-AUHT-001`; did you mean `T-AUTH-001`?"
        );
        let model = site.models.by_node.keys().next().unwrap();
        let model = site.graph.nodes[*model].id.clone().unwrap();
        assert!(error(&model).contains("is a model; a model uses threats"), "{}", error(&model));
        let uses = find("T-AUTH-001").unwrap();
        let sized = Request { size: Some(Size::Note), ..request("threat", "X", None) };
        let with = Request { uses: Some(&uses), ..request("guide", "X", None) };
        for request in [sized, with] {
            let error = draft(&request, &site.config, [], []).unwrap_err().to_string();
            assert!(error.starts_with("`--size` and `--use` are for models"), "{error}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn nothing_is_written_outside() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("book");
        std::fs::create_dir_all(root.join("content")).unwrap();
        std::os::unix::fs::symlink(folder.path(), root.join("content/threats")).unwrap();
        let draft = make("threat", "X", None, &[]).unwrap();
        assert!(matches!(write(&root, &draft), Err(NewError::Outside(_))));
        assert!(!folder.path().join("T-003.md").exists());
    }
}
