//! The keys of `book.toml`, for the reference page and the schema.

/// One key and what it does.
#[derive(Debug, Clone, Copy)]
pub struct ConfigKey {
    /// The table it stands in.
    pub table: &'static str,
    /// The key.
    pub key: &'static str,
    /// The type and accepted values, in words.
    pub takes: &'static str,
    /// The value when it is not given.
    pub default: &'static str,
    /// What it does.
    pub about: &'static str,
}

macro_rules! keys {
    ($($table:literal $key:literal $takes:literal $default:literal $about:literal)*) => {
        /// Every key that Casebook reads, table by table.
        pub const CONFIG_KEYS: &[ConfigKey] = &[$(ConfigKey {
            table: $table, key: $key, takes: $takes, default: $default, about: $about,
        },)*];
    };
}

keys! {
    "book" "title" "text" "Casebook" "Title of the site."
    "book" "description" "text" "" "One sentence about the site, for search engines and the home page."
    "book" "authors" "list of texts" "[]" "Who writes it."
    "book" "language" "BCP 47 tag" "en" "Language of the text."
    "book" "text-direction" "ltr or rtl" "by language" "Direction of the text."
    "book" "version" "text" "" "Version of the book, told where it is a library of another."
    "book" "license" "text" "" "Short name of its licence, such as `CC-BY-4.0`, told where it is a library of another."
    "book" "audience" "public, internal or restricted" "internal" "Who may read a page that does not say it with `audience`."
    "book" "src" "folder" "content, or src where only that exists" "Folder of the Markdown sources."
    "languages" "CODE" "text" "" "A language that pages are translated into, and what its readers call it: `de = \"Deutsch\"`. `page.de.md` beside `page.md` is its translation."
    "build" "build-dir" "folder" "site" "Folder of the built site."
    "build" "copy" "list of patterns" "[]" "Files that are published as they are although their kind is not on the list, such as `*.html` or `downloads/`. Documents and scripts run in the name of the site."
    "build" "exclude" "list of patterns" "[]" "Files and pages of the source folder that are left out: `notes/`, `old-*.md`."
    "build" "audience" "public, internal or restricted" "restricted" "Who reads the site: what only a smaller circle may read is left out everywhere. `--audience` says it for one build."
    "library" "name" "letters, digits and hyphens" "" "What the book calls a library, one `[[library]]` each. Required."
    "library" "source" "builtin, or a folder of the book" "" "`builtin` is the content that comes with the program. A folder may be a git submodule. Required."
    "library" "include" "table of lists" "everything" "What of the library is in: `{ kind = [\"threat\"], section = [\"guide\"] }`. Keys are id (a pattern), kind, section, tag, applies-to and audience; whatever one of them names is in."
    "library" "hide" "table of lists" "nothing" "What of the library is out, with the same keys: `{ id = [\"T-RTC-*\", \"R-RTC-*\"], section = [\"training\"] }`."
    "library" "audience" "public, internal or restricted" "public" "Who may read what says nothing of its readers in the library."
    "site" "url" "address" "" "Where the site is published. Needed for sitemap.xml, and for the links of the 404 page below a sub-path."
    "site" "repository" "address" "" "Where the sources are kept; shown in the header."
    "site" "edit-url" "address with {path}" "" "Address at which a page can be edited."
    "changes" "git" "true or false" "false" "Whether pages and the list of changes tell when git saw a file change last."
    "feedback" "url" "address with {title}, {url}, {path}, {id}" "" "Address at which a reader says what is wrong with a page: a prefilled issue (`https://...`) or a mail (`mailto:...`)."
    "site" "theme" "folder" "theme" "Folder whose templates/ and assets/ replace embedded files of the same name."
    "theme" "logo" "file" "" "Picture in the header, a file in assets/ of the theme folder: `logo.svg`."
    "theme" "accent" "colour, or table with light and dark" "#08525f" "Colour of links and of what is current. From one colour, `#08525f`, both are made, each with a contrast of 4.5:1."
    "theme" "font" "file or font names" "the system's" "Font of the text: a file in assets/ of the theme folder, such as `fonts/text.woff2`, or names of fonts as in CSS."
    "theme" "code-font" "file or font names" "the system's" "Font of code."
    "markdown" "html" "sanitize, escape or allow" "sanitize" "What happens to raw HTML."
    "markdown" "loose-definitions" "true or false" "false" "Whether a definition (`: text`) may stand below an empty line."
    "markdown" "remote-images" "true or false" "false" "Whether images on other sites are shown. Otherwise they become links, so that opening a page asks no other site."
    "links" "ignore" "list of regular expressions" "[]" "Links whose target matches are not checked."
    "search" "synonyms" "list of lists of words and phrases" "[]" "What means the same to the search: [[\"log in\", \"sign in\"], [\"MFA\", \"two-factor\"]]. Forms of the words are found too."
    "search" "thesaurus" "true or false" "true" "Whether the search knows the words of the field that come with the program: SSO finds single sign-on, Kafka finds event streams. There is a list for English."
    "ask" "headings" "list of texts" "[\"How to see it in your design\"], in the book's language" "What the heading over the questions of a threat says. `casebook ask` and `ask.html` ask what stands below it."
    "properties.NAME" "title" "text" "by name" "What readers see of a word of `applies-to:`, such as `sign-in`. Those of the field come with the program, in the language of the book."
    "properties.NAME" "about" "text" "" "What it means, in a few words."
    "properties.NAME" "group" "text" "" "The group it stands in on `ask.html`."
    "properties.NAME" "words" "list of texts" "[]" "Other words for it: a description that has one of them has the property."
    "levels" "CODE" "allow, warn or deny" "by code" "How seriously a finding is taken."
    "areas" "AREA" "text" "" "What the middle part of IDs says in words: `AUTH = \"Sign-in\"` for `T-AUTH-004`. Shown beside it in navigation and filters."
    "kinds.NAME" "title" "text" "by name" "Name of one entry of this kind."
    "kinds.NAME" "plural" "text" "the title with s" "Name of many."
    "kinds.NAME" "prefix" "letters and digits" "" "What its IDs begin with. Required where `id` is not given."
    "kinds.NAME" "id" "regular expression" "" "The form of its IDs, where they are not like `T-AUTH-004`: `id = 'V\\d+\\.\\d+\\.\\d+'` for `V2.1.1`. Such IDs are kept as written, linked by `[[V2.1.1]]`, and need no prefix."
    "kinds.NAME" "folder" "folder" "the name with s" "Folder of its sources and addresses."
    "kinds.NAME" "order" "whole number" "70" "Place among the sections; guide is 10, assumptions 60."
    "roles.NAME" "label" "text" "by name" "Words on the page that has the link."
    "roles.NAME" "inverse" "text" "Used by" "Words on the page that is linked to."
    "references.NAME" "pattern" "regular expression" "" "Form of a whole reference to a catalogue of your own: `'PCI ([0-9.]+)'`. Its first group is the number. Required."
    "references.NAME" "address" "address with {id}" "" "Page of a number."
    "references.NAME" "titles" "table of texts" "{}" "Titles by number: `{ \"8.3\" = \"Strong authentication\" }`. With them, a number without title is reported."
    "risk" "framework" "name of a framework" "" "Rates threats where a model names no framework."
    "frameworks.NAME" "title" "text" "the name" "Name of the framework for readers."
    "frameworks.NAME" "description" "Markdown" "" "What it is for. A home-made score needs it."
    "frameworks.NAME" "factors" "list of tables" "" "What is asked: name, title, question, levels (value, label, explanation) or range."
    "frameworks.NAME" "formula" "text" "" "The score from the factors' names: + - * / ( ) min max mean."
    "frameworks.NAME" "matrix" "table" "" "In place of a formula: rows and columns name two factors, cells the band of each pair."
    "frameworks.NAME" "bands" "list of tables" "" "The results: name, from, severity (none, low, medium, high, critical)."
    "policies.NAME" "max-open" "none, low, medium, high or critical" "medium" "The worst severity that may stay open."
    "policies.NAME" "review" "true or false" "true" "Whether the latest revision needs an approving review."
    "policies.NAME" "tests" "true or false" "false" "Whether each mitigated threat needs a test."
    "tests" "folders" "list of folders" "[]" "Source code whose comments name the threats that a test covers: `threat: T-AUTH-004`."
}
