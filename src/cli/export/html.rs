//! `casebook export html`

use super::super::{Book, Failure, leak, report, stream};
use super::Circle;
use crate::out::handout::{self, Appendix, Handout};
use crate::site::{Site, theme_diagnostic};
use crate::text::diagnostic::Level;
use std::path::PathBuf;
use std::process::ExitCode;

/// What a hand-out holds.
#[derive(Debug, clap::Args)]
pub(super) struct Content {
    #[command(flatten)]
    pub book: Book,
    #[command(flatten)]
    pub circle: Circle,
    /// What to export: an ID, the path of a Markdown file or its folder, or a section
    /// such as `guide`. Without it, the whole book
    #[arg(long, value_name = "ID|PATH|SECTION")]
    pub page: Option<String>,
    /// How much of the entries that the pages name stands after them
    #[arg(long, value_enum, default_value = "short")]
    pub appendix: Appendix,
}

/// One HTML file that needs no other: a model for a review, or a section.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The file holds title, date, contents, the pages, and in an appendix what the entries say\n\
                        that they name. Links between these lead to each other. Links to the rest lead to\n\
                        the site, if book.toml says under [site] where it is; else their words stay as text.\n\n\
                        The styles stand in the file itself, so do not serve it under a policy that forbids\n\
                        inline styles. It has no script, and forbids all by a policy of its own.\n\n\
                        The site as a folder is made by `casebook build`.\n\n\
                        Examples:\n  casebook export html --single --page M-PWRESET-001\n  \
                        casebook export html --single --page content/models/file-sharing --out review.html\n  \
                        casebook export html --single --page guide --appendix none"
)]
pub(super) struct Args {
    /// Write one file
    #[arg(long, required = true)]
    single: bool,
    #[command(flatten)]
    content: Content,
    /// The file; `-` for standard output [default: the page's ID or name, with .html]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let Some(site) = super::open(&args.content.book, args.content.circle)? else {
        return Ok(ExitCode::from(1));
    };
    let Some(handout) = make(&site, &args.content)? else { return Ok(ExitCode::from(1)) };
    if args.out.as_deref() == Some("-".as_ref()) {
        stream::print(&handout.html)?;
        return Ok(ExitCode::SUCCESS);
    }
    let out = args.out.clone().unwrap_or_else(|| format!("{}.html", handout.name).into());
    super::spare(&site, &out)?;
    super::write(&out, handout.html.as_bytes())?;
    say!("wrote {}: {}", out.display(), summary(&handout));
    Ok(ExitCode::SUCCESS)
}

/// Makes the document; `None` when the theme fails, or it has what is not for its readers. That
/// has been told then.
pub(super) fn make(site: &Site, content: &Content) -> Result<Option<Handout>, Failure> {
    let word = content.page.as_deref();
    // A path may also begin where the command was started.
    let below =
        word.and_then(|word| std::path::Path::new(word).strip_prefix(&content.book.dir).ok());
    let choice = handout::choose(site, word)
        .or_else(|error| match below.and_then(|path| path.to_str()) {
            Some(path) => handout::choose(site, Some(path)).map_err(|_| error),
            None => Err(error),
        })
        .map_err(|error| error.to_string())?;
    match handout::make(site, &choice, content.appendix) {
        Ok(handout) => {
            let files = [(handout.name.as_str(), handout.html.as_bytes())];
            Ok((!leak::found(site, files.into_iter())).then_some(handout))
        }
        Err(error) => {
            report::show(site, &vec![(Level::Deny, theme_diagnostic(&site.config, &error))]);
            warn!("a page cannot be rendered; nothing was written");
            Ok(None)
        }
    }
}

/// What a document holds, in words.
pub(super) fn summary(handout: &Handout) -> String {
    let many = |number: usize, one: &str, many: &str| match number {
        1 => format!("1 {one}"),
        _ => format!("{number} {many}"),
    };
    let pages = many(handout.pages, "page", "pages");
    match handout.appendix {
        0 => pages,
        number => format!("{pages}, {} in the appendix", many(number, "entry", "entries")),
    }
}
