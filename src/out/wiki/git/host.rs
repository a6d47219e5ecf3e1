//! What the hosts of Markdown have in common, and what each does in its own way.

/// Where the pages are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    /// A wiki at GitHub.
    GitHub,
    /// A wiki at GitLab.
    GitLab,
    /// A wiki at Gitea or Forgejo.
    Gitea,
    /// A wiki of Azure DevOps, or a folder of a repository that is one.
    Azure,
    /// A book in BookStack, which gives addresses itself.
    BookStack,
    /// A collection in Outline, which gives addresses itself.
    Outline,
    /// A folder of files for MkDocs, Backstage and whatever reads Markdown.
    Plain,
}

impl Host {
    /// Its word on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Host::GitHub => "github-wiki",
            Host::GitLab => "gitlab-wiki",
            Host::Gitea => "gitea-wiki",
            Host::Azure => "azure-wiki",
            Host::BookStack => "bookstack",
            Host::Outline => "outline",
            Host::Plain => "markdown",
        }
    }

    /// Its name for readers.
    pub fn title(self) -> &'static str {
        match self {
            Host::GitHub => "a wiki at GitHub",
            Host::GitLab => "a wiki at GitLab",
            Host::Gitea => "a wiki at Gitea or Forgejo",
            Host::Azure => "a wiki of Azure DevOps",
            Host::BookStack => "BookStack",
            Host::Outline => "Outline",
            Host::Plain => "a folder of Markdown",
        }
    }

    /// The name of the first page.
    pub(super) fn home(self) -> &'static str {
        match self {
            Host::GitHub | Host::Gitea | Host::Azure => "Home",
            Host::GitLab | Host::BookStack | Host::Outline => "home",
            Host::Plain => "index",
        }
    }

    /// Whether a page may stand in a folder.
    pub(super) fn has_folders(self) -> bool {
        !matches!(self, Host::GitHub | Host::Gitea)
    }

    /// Whether the wiki itself gives pages and files their addresses, and keeps titles
    /// beside texts. The first line of a text is the title then, as it is.
    pub(super) fn gives_addresses(self) -> bool {
        matches!(self, Host::BookStack | Host::Outline)
    }

    /// Whether HTML in Markdown is shown as HTML.
    pub(super) fn has_html(self) -> bool {
        self != Host::Outline
    }

    /// How many characters a title may have.
    pub(super) fn longest_title(self) -> usize {
        match self {
            Host::BookStack => 255,
            Host::Outline => 100,
            _ => usize::MAX,
        }
    }

    /// Whether a page may have places of its own beside its headings.
    pub(super) fn has_places(self) -> bool {
        matches!(self, Host::GitHub | Host::BookStack | Host::Plain)
    }

    /// Whether the title of a page stands before its text and not in it.
    pub(super) fn has_front_matter(self) -> bool {
        matches!(self, Host::GitLab | Host::Plain)
    }

    /// Whether `> [!NOTE]` is a frame there.
    pub(super) fn has_alerts(self) -> bool {
        matches!(self, Host::GitHub | Host::GitLab | Host::Gitea)
    }

    /// Whether signs such as `@` before a word mean something there.
    pub(super) fn has_references(self) -> bool {
        !matches!(self, Host::BookStack | Host::Plain)
    }

    /// Whether SVG is shown.
    pub(super) fn has_svg(self) -> bool {
        !matches!(self, Host::Azure | Host::BookStack | Host::Outline)
    }

    /// Blanks before what belongs to an item of a list, for a mark of so many characters.
    pub(super) fn indent(self, mark: usize) -> usize {
        // Python's Markdown wants four.
        if self == Host::Plain { mark.max(4) } else { mark }
    }

    /// The anchor that it makes of a heading's words, as far as it is not a second one.
    pub(super) fn anchor(self, words: &str) -> String {
        let words = super::escape::slug(words);
        match self {
            Host::Plain => python_slug(&words),
            Host::Outline => format!("h-{}", python_slug(&words)),
            _ => words,
        }
    }

    /// The anchor of a heading whose words stood so often before.
    pub(super) fn numbered(self, anchor: &str, before: usize) -> String {
        match (self, before) {
            (_, 0) => anchor.to_string(),
            (Host::Plain, number) => format!("{anchor}_{number}"),
            (_, number) => format!("{anchor}-{number}"),
        }
    }
}

/// As Python's Markdown does it: letters without marks, and single hyphens.
fn python_slug(words: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    let plain: String = words.nfkd().filter(char::is_ascii).collect();
    let parts: Vec<&str> = plain.split('-').filter(|part| !part.is_empty()).collect();
    let inner = parts.join("-");
    let first = if plain.starts_with('-') && !inner.is_empty() { "-" } else { "" };
    let last = if plain.ends_with('-') && !inner.is_empty() { "-" } else { "" };
    format!("{first}{inner}{last}")
}
