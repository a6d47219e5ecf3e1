//! A made-up knowledge base of any size, the same every time.

use std::fmt::Write as _;

/// A small generator of numbers (xorshift), so that a book never changes.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }

    /// One of the words between the bars.
    fn pick<'a>(&mut self, words: &'a str) -> &'a str {
        let count = words.split('|').count();
        words.split('|').nth(self.below(count)).unwrap_or("")
    }
}

const ACTORS: &str = "An outsider|A customer|A former employee|A supplier|An administrator|\
     A stolen device|A curious colleague|A compromised service";
const ACTIONS: &str = "replays|guesses|reads|alters|deletes|floods|forges|intercepts|escalates|enumerates|\
     injects|withholds";
const ASSETS: &str = "session tokens|order records|audit events|password hashes|backups|payment requests|\
     signing keys|customer addresses|build artefacts|queue messages|access policies|\
     search results|uploaded files|webhook calls";
const PLACES: &str = "at the gateway|in the browser|between two services|in the data store|\
     on the build server|in the log pipeline|behind the load balancer|in the cache";
const AREAS: &str = "AUTH|WEB|DATA|NET|LOG|SUP|API|FILE";
const STRIDE: &str = "spoofing|tampering|repudiation|information-disclosure|denial-of-service|\
     elevation-of-privilege";
const TAGS: &str = "cloud|mobile|identity|privacy|operations|supply-chain|crypto|legacy";
const SENTENCES: &str = "The check happens before the value is used, not after|\
     A short lifetime limits what a thief can do|\
     Write the decision down where the next reviewer will look|\
     The same input must give the same answer for every tenant|\
     Rate limits slow an attacker down and tell the team that one is there|\
     Keep the list of recipients out of the message|\
     An error page should say what to do and nothing else|\
     Rotate the key when a person leaves|The test fails when somebody removes the check|\
     Log who asked, what was decided and why|\
     A default that denies is easier to reason about|\
     Validate on the server even when the browser has done so";
const CODE: &[(&str, &str)] = &[
    (
        "rust",
        "fn allowed(user: &User, order: &Order) -> bool {\n    // Own orders only.\n    user.id == order.owner && !user.locked\n}\n",
    ),
    (
        "python",
        "def allowed(user, order):\n    \"\"\"Own orders only.\"\"\"\n    return user.id == order.owner and not user.locked\n",
    ),
    ("json", "{\"limit\": 5, \"window\": \"10m\", \"then\": [\"delay\", \"notify\"]}\n"),
    ("yaml", "limits:\n  - path: /sign-in\n    requests: 5\n    window: 10m\n"),
];

fn paragraph(numbers: &mut Numbers, out: &mut String) {
    for i in 0..3 + numbers.below(4) {
        let (actor, action) = (numbers.pick(ACTORS), numbers.pick(ACTIONS));
        let (asset, place) = (numbers.pick(ASSETS), numbers.pick(PLACES));
        let end = if i % 2 == 0 { "*early*" } else { "`later`" };
        let _ =
            write!(out, "{actor} {action} {asset} {place} {end}. {}. ", numbers.pick(SENTENCES));
    }
    out.push_str("\n\n");
}

fn id(prefix: char, number: usize) -> String {
    let area = AREAS.split('|').nth(number % 8).unwrap_or("");
    format!("{prefix}-{area}-{number:05}")
}

fn threat_id(number: usize) -> String {
    id('T', number)
}

fn requirement_id(number: usize) -> String {
    id('R', number)
}

/// Paths and texts of a book with about so many pages: of ten, six are threats, two
/// requirements, one a guide page and one a model.
pub fn book(pages: usize) -> Vec<(String, String)> {
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    let mut files = vec![(
        "content/index.md".to_string(),
        "---\ntitle: Home\ndescription: A made-up knowledge base.\n---\nStart anywhere.\n".into(),
    )];
    let (threats, requirements) = (pages * 6 / 10, pages * 2 / 10);
    for i in 0..threats {
        let id = threat_id(i);
        let mut text = format!(
            "---\nid: {id}\ntitle: {} {} {}\nstride: [{}]\nseverity: {}\napplies-to: [{}]\ntags: [{}]\n\
             requirements: [{}, {}]\nrelated: [{}]\nreferences: [CWE-{}, CAPEC-{}]\n---\n",
            numbers.pick(ACTORS),
            numbers.pick(ACTIONS),
            numbers.pick(ASSETS),
            numbers.pick(STRIDE),
            numbers.pick("low|medium|high|critical"),
            numbers.pick(TAGS),
            numbers.pick(TAGS),
            requirement_id(numbers.below(requirements.max(1))),
            requirement_id(numbers.below(requirements.max(1))),
            threat_id(numbers.below(threats)),
            numbers.below(1_000) + 1,
            numbers.below(600) + 1,
        );
        body(&mut numbers, &mut text, threats);
        files.push((format!("content/threats/{id}.md"), text));
    }
    for i in 0..requirements {
        let id = requirement_id(i);
        let mut text = format!("---\nid: {id}\ntitle: {}\n---\n", numbers.pick(SENTENCES));
        body(&mut numbers, &mut text, threats);
        files.push((format!("content/requirements/{id}.md"), text));
    }
    for i in 0..pages / 10 {
        let mut text = format!("# Step {i}: {}\n\n", numbers.pick(SENTENCES));
        body(&mut numbers, &mut text, threats);
        files.push((format!("content/guide/{i:05}-step.md"), text));
    }
    for i in 0..pages.saturating_sub(threats + requirements + pages / 10 + 1) {
        let mut text = format!("---\nid: M-{i:05}\ntitle: System {i}\nsize: small\n---\n");
        body(&mut numbers, &mut text, threats);
        text.push_str("## What can go wrong?\n\n```threats\n");
        for _ in 0..8 {
            let id = threat_id(numbers.below(threats));
            let _ = write!(text, "- use: {id}\n  likelihood: 3\n  impact: 4\n  status: open\n");
        }
        text.push_str("```\n");
        files.push((format!("content/models/system-{i:05}/index.md"), text));
    }
    files
}

/// About 400 words with headings, a list, a table, code and links.
fn body(numbers: &mut Numbers, out: &mut String, threats: usize) {
    paragraph(numbers, out);
    let _ = write!(out, "## How it happens\n\n");
    paragraph(numbers, out);
    let _ = write!(
        out,
        "See [[{}]] and [[{}|a like one]].\n\n",
        threat_id(numbers.below(threats)),
        threat_id(numbers.below(threats))
    );
    let (language, code) = CODE[numbers.below(CODE.len())];
    let _ = write!(out, "```{language}\n{code}```\n\n## What to do\n\n");
    for _ in 0..4 {
        let _ = writeln!(out, "- {} {}", numbers.pick(SENTENCES), numbers.pick(PLACES));
    }
    out.push_str("\n| Who | What |\n|---|---|\n");
    for _ in 0..3 {
        let _ = writeln!(out, "| {} | {} |", numbers.pick(ACTORS), numbers.pick(ASSETS));
    }
    out.push_str("\n## How to test it\n\n");
    paragraph(numbers, out);
    paragraph(numbers, out);
}
