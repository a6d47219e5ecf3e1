//! The table of everything that can be found. `casebook explain`, the levels in
//! `book.toml`, SARIF rules and the reference page all read it.

use std::fmt;

/// How seriously a finding is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Not reported.
    Allow,
    /// Reported; the book still builds, except under `--strict`.
    Warn,
    /// Reported; nothing is written.
    Deny,
}

impl Level {
    /// The level's word in `book.toml`.
    pub fn name(self) -> &'static str {
        match self {
            Level::Allow => "allow",
            Level::Warn => "warn",
            Level::Deny => "deny",
        }
    }

    /// Reads the word from `book.toml`.
    pub fn parse(word: &str) -> Option<Level> {
        [Level::Allow, Level::Warn, Level::Deny].into_iter().find(|level| level.name() == word)
    }
}

macro_rules! codes {
    ($($variant:ident $name:literal $level:ident $short:literal $explain:literal)*) => {
        /// A kind of finding.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $short] $variant,)*
        }

        /// Every code, in the order of the reference page.
        pub const CODES: &[Code] = &[$(Code::$variant,)*];

        impl Code {
            /// The name that authors see and write, such as `duplicate-id`.
            pub fn name(self) -> &'static str {
                match self { $(Code::$variant => $name,)* }
            }

            /// The level when `book.toml` says nothing.
            pub fn default_level(self) -> Level {
                match self { $(Code::$variant => Level::$level,)* }
            }

            /// One line: what was found.
            pub fn short(self) -> &'static str {
                match self { $(Code::$variant => $short,)* }
            }

            /// The explanation in Markdown: why it matters and how to mend it.
            pub fn explain(self) -> &'static str {
                match self { $(Code::$variant => $explain,)* }
            }
        }
    };
}

impl Code {
    /// Finds a code by name.
    pub fn parse(name: &str) -> Option<Code> {
        CODES.iter().copied().find(|code| code.name() == name)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

codes! {
    UnclosedFrontMatter "unclosed-front-matter" Deny
    "Front matter is opened but never closed."
    "A file that starts with `---` (YAML) or `+++` (TOML) opens its front matter. It ends at the next line that holds the same three characters alone. Without that line the whole page would be read as data.\n\nAdd the closing line below the last key."

    MalformedFrontMatter "malformed-front-matter" Deny
    "Front matter, or a structured block, is not valid YAML or TOML."
    "The data could not be read. Common causes are a value that contains `: ` and is not quoted, a tab used for indentation, a list item that is not aligned with its neighbours, or the same key written twice.\n\nQuote the value (`title: \"Sign-in: the short way\"`) or mend the indentation at the marked place. Anchors and aliases are not accepted."

    LostText "lost-text" Warn
    "Text that belongs to nothing, and so is shown nowhere."
    "A cell of a table that has no column, and a line `[word]: text` that nothing refers to, are left out by Markdown everywhere. The message says what to write where it is meant as text. Definitions of addresses that nothing refers to are not reported.\n\nIn front matter and blocks YAML takes what follows ` #` for a comment, a word after `!` for a tag, and `~` or `null` for no value at all: `ticket: #123` has no ticket, and `title: C# tips #1` is \"C# tips\". Put quotes around the value, `ticket: \"#123\"`, and everything in it is text.\n\nA comment is not reported when it has a line of its own, or when two blanks part it from the value and it is words: `status: open  # until the audit`."

    UnknownKey "unknown-key" Warn
    "A key that Casebook does not know."
    "A misspelt key is silently without effect, so it is pointed out. Correct the spelling, or remove the key. Link roles of your own are declared under `[roles]` in `book.toml`; private keys may start with `x-` and are left alone."

    WrongType "wrong-type" Deny
    "A value has another type than its key wants."
    "For example text where a list is expected, or a list where one word is expected. The message names the type that is accepted. A single word is accepted where a list is wanted."

    UnknownValue "unknown-value" Warn
    "A value that is not one of the accepted words."
    "Keys such as `stride`, `severity` and `status` take words from a short list, so that filters and counts work. The message shows the list."

    InvalidId "invalid-id" Deny
    "An ID that does not have the form of an ID."
    "An ID is made of upper-case letters, digits and hyphens, and ends in a number: `T-AUTH-004`. The first part is the prefix of the entry's kind. IDs appear in addresses and in other people's documents, so their form is fixed. A book that keeps the IDs of another catalogue declares their form: `id = 'V\\d+(\\.\\d+)+'` under `[kinds.NAME]` in `book.toml`."

    UnlinkableId "unlinkable-id" Warn
    "An item with an ID that no link can name."
    "`[[PWR-1]]` links to an item of a block by its ID, and IDs are letters, digits and hyphens with a number in them. Text in double brackets that looks otherwise stays text. Give the item an ID of that form, or declare the form of your IDs: `[kinds.threat]` with `id = 'X\\.\\d+'` in `book.toml`."

    UnclosedFence "unclosed-fence" Warn
    "A code fence or block that is never closed."
    "A fence that is opened and not closed goes on to the end of the page, or of the list or quotation around it: headings and text in it are shown as code. The message says which lines it took. Add a line that holds only the fence where the code ends."

    MissingTitle "missing-title" Warn
    "An entry or page without a title."
    "The title is what readers see in lists, links and search results. Give it as `title:` in the front matter, or as a first-level heading. Until then the ID or the file name stands in."

    MissingId "missing-id" Warn
    "A file in a catalogue folder that has no ID."
    "Files in a catalogue folder are entries, and entries are addressed by ID. Add `id:` to the front matter, or let `casebook new` choose the next free one. A file that only gathers entries under headings needs no ID of its own."

    DuplicateId "duplicate-id" Deny
    "Two entries have the same ID."
    "An ID names one entry for good. Both places are shown. Give one of them the next free number; `casebook new` finds it."

    AliasClash "alias-clash" Deny
    "An alias is already the ID or the alias of another entry."
    "Aliases keep former IDs alive: they redirect. One name can lead to one entry only. Remove the alias from one of the two."

    DanglingId "dangling-id" Deny
    "A reference to an entry that does not exist."
    "`[[T-AUTH-004]]` and the lists in front matter and blocks must name an entry of this book, by its ID or by one of its aliases. Correct the ID or add the entry. To show the brackets as text, write them in backticks."

    DanglingLink "dangling-link" Warn
    "A relative link leads nowhere."
    "The file that the link names is not in the book, or is not published. Links are relative to the file they stand in. Targets that other tools create can be left out of this check with `ignore` under `[links]` in `book.toml`."

    DanglingImage "dangling-image" Warn
    "An image file does not exist."
    "The path is relative to the Markdown file. Images that are not in the source folder are not copied to the site."

    DanglingAnchor "dangling-anchor" Warn
    "A link to a heading that the target page does not have."
    "The part after `#` must be the ID of a heading or of an element on the target page. IDs are made from the heading's text as code hosts do it: lower case, spaces become hyphens, other punctuation is dropped. A heading can fix its ID: `## Title {#my-id}`."

    UnsafeLink "unsafe-link" Warn
    "A link with an address scheme that is not allowed."
    "Only `http`, `https`, `mailto`, `tel` and `ftp` addresses and relative links are published. A `javascript:` or `data:` address could run as a script in the reader's browser, so the link is left out and its text is kept."

    RemoteImage "remote-image" Warn
    "An image that lies on another site."
    "Showing it would tell that site who reads which page, and the page would break when the image goes. It is published as a link. Copy the image into the book, or set `remote-images = true` under `[markdown]` in `book.toml`."

    DeprecatedEntry "deprecated-entry" Warn
    "A reference to an entry that is deprecated."
    "The entry is kept so that old documents still make sense, but it should not be used in new ones. The message names its replacement when it has one."

    RetiredEntry "retired-entry" Warn
    "A retired entry whose successors do not fit."
    "`status: deprecated` retires an entry, and `replaced-by` names what stands for it: one entry, several where it was split, the same one in several entries that were merged. Who follows it should arrive at something that is in use. The ID of an entry whose file is gone stands under `aliases` of its successor."

    UnknownReference "unknown-reference" Deny
    "A reference to a number that its catalogue does not have."
    "CWE, CAPEC, ATT&CK, ATLAS, D3FEND, ASVS 5.0.0, MASVS, the OWASP Top 10 lists, NIST SP 800-53, SLSA and LINDDUN are checked against the tables of official titles that come with Casebook, and schemes of your own against the titles that you give. A wrong number sends readers to the wrong place. Look the number up and correct it."

    NewerReference "newer-reference" Warn
    "A reference with a number that may be newer than what Casebook knows."
    "The number follows the last of its kind in the release that Casebook's table was made from, so it may be newer, or mistyped. Look at its page. When it exists, set this code to `allow`, or write the address instead."

    UnknownScheme "unknown-scheme" Warn
    "A reference that has the form of no known catalogue."
    "References are numbers of public catalogues, such as `CWE-307`, or addresses. This one is neither, so readers see it as plain text, without a link, and nothing checks it. It may be mistyped. For a standard that Casebook does not know, or a policy of your own, declare its form under `[references.NAME]` in `book.toml`; for a single page write its address."

    DeprecatedReference "deprecated-reference" Warn
    "A reference that its catalogue has withdrawn."
    "The catalogue keeps the number and says that it should no longer be used, mostly because another one covers it better. Its page names the one to use."

    UrlClash "url-clash" Deny
    "Two pages would have the same address."
    "Addresses that differ only in upper and lower case count as the same, because some file systems and hosts cannot tell them apart. Rename one of the files."

    OrphanPage "orphan-page" Warn
    "A page that no list and no link leads to."
    "Readers can find it only by search. Where there is a SUMMARY.md, add the page there, or link to it. A Markdown file that is only included in others needs no front matter and is then not a page."

    MalformedFence "malformed-fence" Deny
    "A structured block that cannot be read."
    "Blocks such as ```` ```threats ```` hold a YAML list. The message says what was expected at the marked place."

    MissingFragment "missing-fragment" Deny
    "A part of another page that this page shows and that is not there."
    "A fence ```` ```from ```` shows a diagram, a section or rows of another page, so that a lesson cannot drift from the example it explains. The page, the heading or the row that it names must exist. The message shows the nearest name."

    MalformedQuiz "malformed-quiz" Deny
    "A question that cannot be asked."
    "A quotation that begins with `[!QUIZ]` holds a question and a task list of at least two choices. `[x]` marks those that are right, and there is at least one. Feedback stands indented below its choice."

    UnknownCallout "unknown-callout" Warn
    "A quotation with a mark that is not known."
    "A quotation may begin with `[!NOTE]`, `[!TIP]`, `[!IMPORTANT]`, `[!WARNING]`, `[!CAUTION]`, `[!EXERCISE]`, `[!ANSWER]`, `[!QUIZ]` or `[!NOTES]`, or with a callout of Obsidian such as `[!FAQ]- Title`. The mark here is none of them and is shown as text."

    ForeignMarkup "foreign-markup" Warn
    "Markup of another program, which is shown as text."
    "Pages that come from another program hold forms that mean nothing here, such as `{{< figure >}}` or `==marked==`. Each form is reported once. The help says what to write instead; in backticks, or with a backslash before it, it is text. What has a clear meaning here is read: admonitions and containers become notes, and `[[Some Page]]` is a link where one page has that title. The manual has the whole list."

    UnknownLanguage "unknown-language" Warn
    "Code in a language that is not known."
    "The word after the backticks of a code fence names the language, and its words are coloured. This one is the name of no language that Casebook knows, so the code is shown as it is. It may be misspelt. Each name is reported once. Write `text` where nothing is to be coloured, or set this code to `allow`."

    LoneFootnote "lone-footnote" Warn
    "A footnote without its other half."
    "A reference such as `[^1]` needs a line `[^1]: text`, and that line needs a reference in the same page or entry. A reference without a footnote is shown as text; a footnote without a reference is not shown, nor is the second one of a name."

    MalformedCaptions "malformed-captions" Deny
    "A file of captions or chapters that cannot be read."
    "Captions and chapters of a recording are WebVTT: the line `WEBVTT`, then cues parted by empty lines, each with a line such as `00:01.000 --> 00:04.500` and its text below. The message tells what was expected at the marked place."

    NoHistory "no-history" Warn
    "Dates of changes are asked for, and git does not know them."
    "`git = true` under `[changes]` in `book.toml` takes the date of each page's last change from git. That needs a repository with its whole history: a shallow clone knows only its last commits, and would give every page their date. In a pipeline, fetch the whole history (`fetch-depth: 0`). A repository of another user is read only when git's setting `safe.directory` names it. Settings of the repository are not read, so nothing in them runs."

    BadDiagram "bad-diagram" Deny
    "A data-flow diagram that cannot be read."
    "A fence ```` ```mermaid dfd ```` holds a Mermaid flowchart: `flowchart LR`, nodes in brackets, `subgraph` for a trust boundary, arrows for flows. The message tells what was expected at the marked place. Quote labels that hold parentheses."

    UnclearDiagram "unclear-diagram" Warn
    "A data-flow diagram that may not say what is meant."
    "A line without an arrowhead (`---`, `-.-`, `===`) does not say which way the data goes. It is drawn without a head and counted as both ways. A fence ```` ```mermaid dfd ```` that holds another kind of diagram, such as `sequenceDiagram`, is shown as code: a data-flow diagram is a `flowchart`."

    UndrawnDiagram "undrawn-diagram" Warn
    "A data-flow diagram that is shown as tables."
    "No layout was found in which every label can be read, or the diagram is larger than fits into a picture. Its elements and flows are listed instead. Split it into one diagram per part of the system."

    GuessedElement "guessed-element" Allow
    "An element whose kind was guessed."
    "Nothing in the diagram says whether the element is an external entity, a process or a data store, so it was taken from its place: outside every boundary an external entity, inside a process. Say it with a class (`:::external`, `:::process`, `:::datastore`) or a shape: a cylinder for a store, rounded corners for a process."

    UnknownElement "unknown-element" Deny
    "A threat that names something the diagram does not have."
    "`on:` names elements, boundaries or flows of the first diagram of the page: by ID or label, a flow also by number or as `a -> b`. The message shows the nearest name."

    BadRisk "bad-risk" Deny
    "A risk that the framework cannot rate."
    "`risk:` holds what the model's framework asks for: a level such as `high`, a CVSS vector, or an answer to each factor. `likelihood:` and `impact:`, each from 1 to 5, are a short way to write that framework. The framework is named by `risk:` in the front matter, else under `[risk]` in `book.toml`, else it follows from what is written. A threat needs no rating at all."

    MissingReason "missing-reason" Warn
    "A decision without a reason."
    "An accepted threat says why and who decided; a threat that does not apply and a rejected requirement say why. A reviewer cannot judge a decision without its reason."

    RejectedTreatment "rejected-treatment" Warn
    "A threat that is treated by a requirement that the same model rejects."
    "Both cannot be true. Either the requirement is taken after all, or something else treats the threat, or nothing does and the threat stays open or is accepted. A reader who trusts the table of threats would be wrong. A threat that names no requirement is treated by those of its catalogue entry; it is told when the model rejects all of them that it mentions."

    UnfinishedTreatment "unfinished-treatment" Warn
    "A mitigated threat whose requirement is not done yet."
    "A threat is mitigated when all that treats it is done. A requirement of the same model that is planned or in progress says that something is left to do. Leave the threat open until then, or take the requirement out of the list that treats this threat."

    MissingStatus "missing-status" Warn
    "A mitigated threat whose requirement has no status."
    "A threat is mitigated when all that treats it is done. The model names the requirement and does not say how far it is: add `status: done` where it is done, or leave the threat open."

    ContradictedStatus "contradicted-status" Warn
    "A threat whose status and response contradict each other."
    "`response:` is what is to be done, `status:` what became of it. A threat that is mitigated was not met by accepting it, one that is accepted was neither mitigated nor avoided, and one that does not apply needs no decision to live with it. Correct the one that is wrong."

    ReviewDate "review-date" Warn
    "A review without a date, or with one that has not come yet."
    "What changed in the catalogue since the last review is found by its date, and so is how old a model is. A review without a date counts for nothing there, and one of the future hides every change until then. `casebook check` compares with today, or with the day that `--today` names."

    Expired "expired" Warn
    "A decision, assumption or plan whose date has passed."
    "`until:` says how long an open or accepted threat may stay so, how long an assumption holds, or by when a requirement is to be done. The day has passed: decide again. `casebook check` and `casebook gate` compare with today, or with the day that `--today` names; `casebook list overdue` lists what has passed."

    IdleElement "idle-element" Warn
    "An element of a data-flow diagram without any flow."
    "A data-flow diagram shows what goes where. An element that gives and gets nothing is either forgotten in a flow or not part of the system, and threats to its data are not found. An arrow from or to a boundary counts for all that is inside."

    SecondDiagram "second-diagram" Warn
    "A second diagram in a model, with elements that no threat can name."
    "`on:` names elements, boundaries and flows of the first diagram of the page. A threat to an element that only a later diagram shows cannot say so, and the pages that count threats by element leave it out. Put both into one diagram, or give the second one a model of its own. A later diagram that shows a part of the first one is fine."

    UntreatedRequirement "untreated-requirement" Warn
    "A requirement of a used threat that the model does not mention."
    "The catalogue says that the requirement treats the threat. The model should take it, in `requirements` of the threat or of the model, or reject it there with a reason, so that it is not forgotten by accident."

    NoQuestions "no-questions" Warn
    "A threat without questions, in a book whose other threats have some."
    "`casebook ask` and `ask.html` ask what stands below \"How to see it in your design\": questions that somebody can answer from a design. A threat without them is never asked. It is told only where more than half of the threats have questions; drafts are left alone. Write one or two, or set this code to `allow`. Another heading is named by `headings` under `[ask]` in `book.toml`."

    FailingTest "failing-test" Deny
    "A claim that a test contradicts."
    "A threat that is called mitigated, or a requirement that is called done, names a test in `tests:`, and the results given with `--junit` say that this test fails. Mend what the test finds, or set the status back. A name is bound to a test when its parts, parted by `::`, `.`, `/` or `#`, are the last parts of the test's class, suite or file followed by its name."

    UnknownMarker "unknown-marker" Warn
    "A comment in source code names an entry that does not exist."
    "A comment such as `// threat: T-AUTH-004` or `# requirements: R-AUTH-001, R-AUTH-002`, in a folder that `[tests] folders` of `book.toml` declares, names an entry of the book or an item of a model with an ID of its own. Correct the ID, or add the entry."

    BadFramework "bad-framework" Deny
    "A risk framework that cannot be used."
    "A framework under `[frameworks.NAME]` in `book.toml` has factors with levels, a formula or a matrix, and bands. The message names the part that does not fit."

    UndocumentedFramework "undocumented-framework" Warn
    "A risk framework that does not explain itself."
    "A home-made score works only when everybody gives the same answer the same number. Describe the framework, and for each factor the question and when to choose each level."

    ChangedSinceReview "changed-since-review" Warn
    "A model that was reviewed before an entry changed."
    "An entry of a catalogue declares its `changes:` with dates. A model whose last review is older may rest on what was true then. Look at the entry again, mend the model where it has to be, and add a review with today's date."

    RevisionCircle "revision-circle" Deny
    "Revisions of a model that supersede each other in a circle."
    "`supersedes:` names the revision before, so that the newest one stands for the model and all earlier ones stay reachable. In a circle there is no newest one. Remove the line from the oldest."

    IncludeOutside "include-outside" Warn
    "An include that leaves the book."
    "`{{#include}}` reads only files below the folder of `book.toml`; absolute paths, `..` beyond it and symbolic links that lead out are refused. Copy the file into the book, or move `book.toml` up."

    IncludeMissing "include-missing" Warn
    "An included file, line range or anchor does not exist."
    "The path is relative to the file that includes. An anchor is a pair of lines that contain `ANCHOR: name` and `ANCHOR_END: name`."

    IncludeDepth "include-depth" Deny
    "Includes are nested too deeply."
    "A file includes itself, directly or through others, or the chain is longer than ten files."

    BadPattern "bad-pattern" Deny
    "A regular expression that cannot be compiled."
    "The patterns in `book.toml` use the syntax of the `regex` crate: no look-around and no back-references, so that matching takes linear time. The message says what is wrong and where."

    BadConfig "bad-config" Deny
    "book.toml holds something that cannot be used."
    "The message names the key and what is accepted."

    SummarySyntax "summary-syntax" Warn
    "A line of SUMMARY.md that is not understood."
    "SUMMARY.md is a list of links, with `# Part titles`, chapters before and after the list, and `---` between them. Other text has no place in the navigation."

    UnreadableFile "unreadable-file" Deny
    "A file that cannot be read as text."
    "Markdown must be UTF-8. The message gives the operating system's reason when the file could not be opened."

    HiddenFile "hidden-file" Deny
    "An include or a link reaches a file that is hidden or left out."
    "Names that begin with a dot, such as `.env` and `.git`, hold what is not for readers: keys, tokens, histories. A walk through the book passes them by, with what `exclude` in `book.toml` names, so an include or a symbolic link may not reach them either.\n\nPut what readers may see into a file of its own."

    NotPublished "not-published" Warn
    "A file beside the pages is of a kind that is not published."
    "Only kinds of files on a list are copied into the site: pictures, sound, films, documents, data, archives, source code. Others are not: a key or an editor's copy gets out by accident, and HTML, XML and scripts run in the name of the site when somebody opens them.\n\nName the file in `copy` under `[build]` in `book.toml` to publish it as it is, or in `exclude` to say that it is left out."

    CleanedSvg "cleaned-svg" Warn
    "A part of an SVG picture is left out, or the picture cannot be read."
    "A browser that opens an SVG file as a page runs what is in it. So scripts, event handlers, HTML within, and addresses of other files are taken out. Diagrams of some programs hold their labels as HTML (`foreignObject`): export them with labels as text, or as PNG.\n\nName the file in `copy` under `[build]` in `book.toml` to publish it as it is."

    DraftLink "draft-link" Warn
    "A link to a page that is a draft."
    "A page with `draft: true`, or in a folder `_drafts`, is not published. What links to it becomes text. Publish the page, or take the link out. `casebook serve` and `casebook build --drafts` show drafts."

    HiddenEntry "hidden-entry" Deny
    "A model uses an entry that is not in the book."
    "A library's entry that `hide` or `include` under `[[library]]` leaves out, or an entry for a smaller circle of readers than the site is built for, cannot be shown in a row of a model. Links to it in text become plain text. Take the entry in again, use another one, or give the model the same `audience`."

    LibraryChoice "library-choice" Warn
    "Something in `include` or `hide` of a library that names nothing."
    "A pattern, kind, section, tag or situation that no page of the library has is a slip, or names what a new version of the library no longer has."

    LibraryClash "library-clash" Deny
    "Two libraries have a page of the same path."
    "Only one of the two can be shown; the first library in `book.toml` wins. Hide the page in one of them, or put a page of your own at this path."

    LibraryPin "library-pin" Warn
    "A library is not in the state that `casebook.lock` names."
    "The file says with which state of each library the book was last looked at. When the program or the folder brings another one, entries may be new, changed or retired. `casebook library update` tells what changed and which of your models are touched; with `--write` it notes the new state."

    OverlayTarget "overlay-target" Deny
    "An overlay whose entry is not there."
    "A file `overlay/ID.md` says more about the entry of a library with this ID. The entry may have another ID now, be retired, or be hidden in `book.toml`. Rename the file, or move what it says into an entry of your own. An entry of the book itself needs no overlay."

    OverlayText "overlay-text" Warn
    "An overlay that cannot be applied."
    "An overlay is front matter in YAML, with the fields that are replaced or extended, and sections under second-level headings. A list takes `+ID` and `-ID`, all of its items or none."

    UnsafePath "unsafe-path" Warn
    "A file whose name cannot be published."
    "Symbolic links that lead out of the book are not followed, and names that some systems cannot store (reserved Windows names, control characters) are left out."

    DuplicateAnchor "duplicate-anchor" Warn
    "Two headings on one page claim the same ID."
    "Links can reach only the first. Change one of the `{#id}` attributes."

    Template "template" Deny
    "A template of the theme that fails."
    "A file below `templates/` in the theme folder cannot be parsed or rendered. The message names the template, the line and the values that are at hand there. A replacement can extend the embedded template: `{% extends \"default/page.html\" %}`."

    ExportName "export-name" Warn
    "A title, ID or file that a wiki calls otherwise, or cannot hold."
    "Each wiki has characters that cannot stand in the name of a page or file, and a length that a name may have. The export takes other characters in their place and says which. Give the page another title or an ID, if you want another name. At the level `deny` nothing is exported."

    ExportCollision "export-collision" Warn
    "Two pages that would have one name on a wiki."
    "Names that differ here can be one there: some wikis have no folders, and some do not tell capital letters from small ones. The page without an ID gets its section in its name, such as `Installation (Server)`, and where that is not enough its path. Give one of the two another title or an ID, if you want other names. At the level `deny` nothing is exported."

    MissingText "missing-text" Warn
    "The interface does not say everything in the language of the book."
    "The words of the interface are in one file per language; English, German and French come with Casebook. A text that the language lacks is shown in English. Write the named keys in `text/CODE.toml` in the theme folder, where `CODE` is the language's tag: `next = \"Volgende\"`."

    BadText "bad-text" Deny
    "A file with words of the interface that cannot be used."
    "A file `text/CODE.toml` in the theme folder holds keys with texts. Where a number chooses the form, the value is a table: `results = { one = \"{n} result\", other = \"{n} results\" }`. Words in braces are gaps that Casebook fills; only those that the English text has are filled."

    LowContrast "low-contrast" Warn
    "An accent colour that is hard to read."
    "Links and the current page in the navigation have the accent colour. Text of their size needs a contrast of 4.5:1 with what is behind it (WCAG 2.2, 1.4.3). The message gives the ratio, and the nearest shade that passes. A single colour is replaced by that shade; colours that are given for light and dark pages are used as they are."

    RemovedHtml "removed-html" Warn
    "Raw HTML that was left out."
    "Elements that are not published (scripts, styles, frames, forms), event handlers and inline styles are removed from raw HTML, because content is not trusted. A tag without its partner in the same list item, quotation or page is left out too, since it would change what follows. Set `html = \"allow\"` under `[markdown]` in `book.toml` only when every author may run script in every reader's browser."

    HtmlAsText "html-as-text" Warn
    "A tag of HTML that is shown as text."
    "A tag in a sentence that is not closed in its paragraph, as in *the attacker sends a `<script>` tag*, is text, and so is a placeholder such as `<your-name>` or `Vec<String>`. The page shows what was written; other programs may drop it. Write it in backticks or with a backslash (`\\<script>`), or close it if it is meant as HTML."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_found() {
        for &code in CODES {
            assert_eq!(Code::parse(code.name()), Some(code));
            assert!(code.explain().len() > 40, "{code} needs an explanation");
        }
    }
}
