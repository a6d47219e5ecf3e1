//! `casebook export pdf`
#![allow(
    clippy::disallowed_methods,
    reason = "a command that reads and writes files beside the book"
)]

use super::super::Failure;
use super::html::{self, Content};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// Names of the program, the first that is found.
const NAMES: [&str; 5] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// The same as a PDF, printed with Chromium.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Chromium prints the file that `casebook export html --single` writes. It is looked for at\n\
                        --chromium, then in the variable CHROMIUM, then as chromium, chromium-browser,\n\
                        google-chrome or chrome on the PATH. Page numbers need Chromium 131 or newer.\n\n\
                        Examples:\n  casebook export pdf --page M-PWRESET-001\n  \
                        casebook export pdf --page guide --paper letter --out guide.pdf"
)]
pub(super) struct Args {
    #[command(flatten)]
    content: Content,
    /// The file [default: the page's ID or name, with .pdf]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The size of the paper
    #[arg(long, value_enum, default_value = "a4")]
    paper: Paper,
    /// The program Chromium or Chrome
    #[arg(long, value_name = "PROGRAM")]
    chromium: Option<PathBuf>,
    /// Start Chromium without its sandbox, as root and in most containers it cannot have one.
    /// The document has no script
    #[arg(long)]
    no_sandbox: bool,
    /// Give up after so many seconds
    #[arg(long, value_name = "SECONDS", default_value = "120")]
    timeout: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Paper {
    A4,
    Letter,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Failure> {
    // Before the work, since this is the first thing to fail.
    let chromium = find(args.chromium.as_deref())?;
    let Some(site) = super::open(&args.content.book, args.content.circle)? else {
        return Ok(ExitCode::from(1));
    };
    let Some(handout) = html::make(&site, &args.content)? else { return Ok(ExitCode::from(1)) };
    let out = args.out.clone().unwrap_or_else(|| format!("{}.pdf", handout.name).into());
    super::spare(&site, &out)?;
    let paper = match args.paper {
        Paper::A4 => {
            "<style>@page { size: A4; } @page wide { size: A4 landscape; }</style>\n</head>"
        }
        Paper::Letter => {
            "<style>@page { size: letter; } @page wide { size: letter landscape; }</style>\n</head>"
        }
    };
    let pdf = print(&chromium, &handout.html.replacen("</head>", paper, 1), args)?;
    super::write(&out, &pdf)?;
    say!("wrote {}: {}", out.display(), html::summary(&handout));
    Ok(ExitCode::SUCCESS)
}

fn find(given: Option<&Path>) -> Result<PathBuf, Failure> {
    let named = given.map(Path::to_path_buf);
    let set = || std::env::var_os("CHROMIUM").filter(|path| !path.is_empty()).map(PathBuf::from);
    if let Some(program) = named.or_else(set) {
        return on_path(&program)
            .ok_or_else(|| format!("there is no program `{}`", program.display()));
    }
    NAMES.iter().find_map(|name| on_path(Path::new(name))).ok_or_else(|| {
        "a PDF is printed with Chromium or Chrome, and none was found.\nInstall it (Debian: apt \
         install chromium), or say where it is with --chromium or the variable CHROMIUM.\n\
         `casebook export html --single` writes the same as HTML, which any browser prints."
            .to_string()
    })
}

/// The file of a program: as it is when it has a folder, else on the PATH.
fn on_path(program: &Path) -> Option<PathBuf> {
    if program.components().count() > 1 {
        return program.is_file().then(|| program.to_path_buf());
    }
    let folders = std::env::var_os("PATH")?;
    let endings = if cfg!(windows) { &[".exe"][..] } else { &[""] };
    std::env::split_paths(&folders)
        .flat_map(|folder| {
            endings.iter().map(move |ending| folder.join(format!("{}{ending}", program.display())))
        })
        .find(|file| file.is_file())
}

/// Prints a document and gives the bytes of the PDF.
fn print(chromium: &Path, document: &str, args: &Args) -> Result<Vec<u8>, Failure> {
    let explain = |error: std::io::Error| format!("cannot print: {error}");
    let folder = tempfile::Builder::new().prefix("casebook-pdf").tempdir().map_err(explain)?;
    let page = folder.path().join("page.html");
    let pdf = folder.path().join("page.pdf");
    std::fs::write(&page, document).map_err(explain)?;
    let mut said = tempfile::tempfile().map_err(explain)?;
    let mut command = Command::new(chromium);
    command
        .args(["--headless=new", "--disable-gpu", "--no-first-run", "--no-default-browser-check"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--disable-extensions", "--no-pdf-header-footer", "--generate-pdf-document-outline"])
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .arg(format!("--print-to-pdf={}", pdf.display()));
    if args.no_sandbox {
        command.arg("--no-sandbox");
    }
    let name = chromium.display();
    let mut child = command
        .arg(&page)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(said.try_clone().map_err(explain)?)
        .spawn()
        .map_err(|error| format!("cannot start {name}: {error}"))?;
    let deadline = Instant::now() + Duration::from_secs(args.timeout);
    let status = loop {
        if let Some(status) = child.try_wait().map_err(explain)? {
            break Some(status);
        }
        if Instant::now() > deadline {
            let _ = child.kill();
            let _ = child.wait();
            break None;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let bytes = std::fs::read(&pdf).unwrap_or_default();
    if status.is_some_and(|status| status.success()) && bytes.starts_with(b"%PDF-") {
        return Ok(bytes);
    }
    let mut words = Vec::new();
    let _ = said.seek(SeekFrom::Start(0)).and_then(|_| said.read_to_end(&mut words));
    let words = String::from_utf8_lossy(&words);
    Err(failure(&name.to_string(), status.is_none(), args, &words))
}

fn failure(name: &str, late: bool, args: &Args, words: &str) -> Failure {
    if late {
        return format!(
            "{name} did not finish within {} s; give it longer with --timeout, or print less with \
             --page",
            args.timeout
        );
    }
    if !args.no_sandbox && words.contains("sandbox") {
        return format!(
            "{name} cannot start its sandbox here, as is usual for root and in containers.\n\
             Run this as another user, or add --no-sandbox: the document has no script."
        );
    }
    let last: Vec<&str> = words.lines().rev().take(5).collect();
    let last: Vec<&str> = last.into_iter().rev().collect();
    format!("{name} printed nothing; it said:\n{}", last.join("\n"))
}
