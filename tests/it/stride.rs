//! Risk frameworks explain themselves, and STRIDE shows up only where it is wanted.

use crate::support;

use casebook::site::plan::Route;
use support::{page, put, site};

const CATALOGUE: [(&str, &str); 4] = [
    (
        "content/threats/T-STO-001.md",
        "---\nid: T-STO-001\ntitle: Bucket is open\nstride: [information-disclosure]\n\
         severity: high\nelements: [data-store]\napplies-to: [object-storage]\n---\nText.\n",
    ),
    (
        "content/threats/T-STO-002.md",
        "---\nid: T-STO-002\ntitle: Disk is full\nstride: [denial-of-service]\n\
         elements: [data-store]\n---\nText.\n",
    ),
    (
        "content/threats/T-WEB-001.md",
        "---\nid: T-WEB-001\ntitle: False customer\nstride: [spoofing]\nseverity: low\n\
         elements: [external-entity]\ntags: [web]\n---\nText.\n",
    ),
    (
        "content/threats/T-OLD-001.md",
        "---\nid: T-OLD-001\ntitle: Gone\nstride: [tampering]\nelements: [data-store]\n\
         applies-to: [object-storage]\nstatus: deprecated\n---\nText.\n",
    ),
];

const DIAGRAM: &str = "```mermaid dfd\nflowchart LR\n  user[\"Customer\"]:::external\n  \
    subgraph shop[\"Shop\"]\n    app(\"Web app\"):::process\n    files[(\"Object storage\")]:::datastore\n  \
    end\n  user -->|\"order\"| app\n  app -->|\"files\"| files\n```\n";

const MODEL: &str = "content/models/shop/index.md";

/// A book with a catalogue and one model.
fn book<'t>(toml: &'t str, model: &'t str) -> Vec<(&'t str, &'t str)> {
    let mut files = CATALOGUE.to_vec();
    files.extend([("book.toml", toml), ("content/index.md", "# Home\n"), (MODEL, model)]);
    files
}

fn model(head: &str, diagram: &str, threats: &str) -> String {
    format!("---\nid: M-1\ntitle: Shop\n{head}---\n\n{diagram}\n```threats\n{threats}```\n")
}

const MODEL_URL: &str = "models/shop/index.html";
const STRIDE_URL: &str = "stride/m-1.html";

const OWN: &str = "[frameworks.ours]\ntitle = \"Ours\"\ndescription = \"How **we** rate.\"\n\
    formula = \"harm\"\n[[frameworks.ours.factors]]\nname = \"harm\"\nquestion = \"How bad?\"\n\
    levels = [{ value = 1, label = \"a little\", explanation = \"An hour.\" }, \
    { value = 3, label = \"much\", explanation = \"Money.\" }]\n\
    [[frameworks.ours.bands]]\nname = \"Wait\"\nfrom = 0\nseverity = \"low\"\n\
    [[frameworks.ours.bands]]\nname = \"Act\"\nfrom = 2\nseverity = \"high\"\n";

#[test]
fn a_framework_in_use_has_a_page_with_examples() {
    let text = model(
        "",
        "",
        "- use: T-STO-001\n  likelihood: 4\n  impact: 5\n- use: T-STO-002\n  likelihood: 2\n  \
         impact: 2\n- use: T-WEB-001\n  likelihood: 1\n  impact: 1\n",
    );
    let (site, found) = site(&book(OWN, &text));
    assert_eq!(found, []);
    let pages: Vec<&String> = site
        .plan
        .routes
        .iter()
        .filter(|(_, route)| matches!(route, Route::Framework(_)))
        .map(|(url, _)| url)
        .collect();
    // What is declared is explained, what is built in only where it is used.
    assert_eq!(pages, ["risk/likelihood-impact.html", "risk/ours.html"]);
    let used = page(&site, "risk/likelihood-impact.html");
    for part in [
        "<h1>Likelihood \u{d7} impact</h1>",
        "Worked examples from the models",
        // The worst and the mildest, each with the way to its score.
        "<a href=\"../models/shop/index.html#t-sto-001\">Shop</a>",
        "<td>Likelihood * Impact = 4 * 5</td><td>20</td>",
        "<a href=\"../models/shop/index.html#t-web-001\">Shop</a>",
    ] {
        assert!(used.contains(part), "{part}\n{used}");
    }
    assert!(!used.contains("#t-sto-002"));
    let ours = page(&site, "risk/ours.html");
    assert!(ours.contains("How <strong>we</strong> rate.") && !ours.contains("Worked examples"));
    let text = page(&site, MODEL_URL);
    for part in [
        "Rated by",
        "<a href=\"../../risk/likelihood-impact.html\">Likelihood \u{d7} impact</a>",
        "<th scope=\"col\"><a href=\"../../risk/likelihood-impact.html\"",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn a_declared_framework_rates_and_shows_its_working() {
    let threats = "- use: T-STO-001\n  risk: { harm: much }\n";
    let text = model("risk: ours\n", "", threats);
    let (site, found) = site(&book(OWN, &text));
    assert_eq!(found, []);
    let ours = page(&site, "risk/ours.html");
    assert!(ours.contains("3 Act</span> in <a href=\"../models/shop/index.html#t-sto-001\">"));
    assert!(!site.plan.routes.contains_key("risk/likelihood-impact.html"));
}

#[test]
fn nobody_is_nagged_where_nothing_is_scored() {
    let text = model("", "", "- use: T-STO-001\n- id: X-1\n  title: Own\n");
    // Even where the book names a framework.
    for toml in ["", "[risk]\nframework = \"dread\"\n"] {
        let (site, found) = site(&book(toml, &text));
        assert_eq!(found, []);
        assert!(!site.plan.routes.keys().any(|url| url.starts_with("risk/")));
        let text = page(&site, MODEL_URL);
        assert!(!text.contains("Risk") && !text.contains("Rated by"), "{text}");
    }
}

#[test]
fn gaps_are_shown_with_what_would_fill_them() {
    let threats = "- use: T-WEB-001\n  on: [user]\n\
                   - id: X-1\n  title: Own\n  on: [shop]\n  stride: [tampering]\n\
                   - id: X-2\n  title: Other\n  on: [app]\n";
    let (site, found) = site(&book("", &model("", DIAGRAM, threats)));
    assert_eq!(found, []);
    let model = page(&site, MODEL_URL);
    let link = "<a href=\"../../stride/m-1.html\">STRIDE per element: 10 of 14 questions open</a>";
    assert!(model.contains(link), "{model}");
    let details = page(&site, STRIDE_URL);
    let details = details.split("<main").nth(1).unwrap_or("");
    for part in [
        // S and R of the customer, six of the app, T, I and D of the store and the flow.
        "10 of 14 questions open",
        "state-covered\"><a class=\"entry-id\" href=\"../models/shop/index.html#t-web-001\">T-WEB-001</a>",
        "without a category: <a href=\"../models/shop/index.html#x-2\">X-2</a>",
        "applies to object-storage, which the diagram names; hits: data store",
    ] {
        assert!(details.contains(part), "{part}\n{details}");
    }
    // A boundary stands for what is inside it and crosses it: app, store and one flow.
    assert_eq!(details.matches("index.html#x-1\"").count(), 3, "{details}");
    // `app -> files` crosses nothing; what is used or deprecated is not suggested.
    for part in ["Web app \u{2192} Object storage", "T-OLD-001", "threats/t-web-001"] {
        assert!(!details.contains(part), "{part}\n{details}");
    }
}

#[test]
fn plain_threats_never_meet_the_word() {
    let plain = "- id: X-1\n  title: Own\n  on: [app]\n";
    let (with_diagram, _) = site(&book("", &model("", DIAGRAM, plain)));
    let (without, _) = site(&book("", &model("", "", "- use: T-WEB-001\n")));
    for site in [&with_diagram, &without] {
        let text = page(site, MODEL_URL);
        let main = text.split("<main").nth(1).unwrap_or("");
        assert!(!main.contains("STRIDE"), "{main}");
    }
    let node = with_diagram.graph.find("M-1").unwrap();
    let model = with_diagram.models.get(node).unwrap();
    let suggested = with_diagram.catalogue.suggest(&with_diagram.graph, model);
    let ids: Vec<&str> = suggested
        .iter()
        .filter_map(|suggestion| with_diagram.graph.nodes[suggestion.node].id.as_deref())
        .collect();
    assert_eq!(ids, ["T-STO-001", "T-WEB-001", "T-STO-002"]);
    let reasons: Vec<String> = suggested
        .iter()
        .flat_map(|s| &s.reasons)
        .map(|reason| reason.say(with_diagram.words()))
        .collect();
    assert_eq!(
        reasons,
        [
            "applies to object-storage, which the diagram names",
            "hits: data store (Object storage)",
            "is tagged with web, which the diagram names",
            "hits: external entity (Customer)",
            "hits: data store (Object storage)",
        ]
    );
}

#[test]
fn the_command_suggests() {
    let folder = tempfile::tempdir().unwrap();
    let text = model("", DIAGRAM, "- use: T-WEB-001\n  on: [user]\n");
    for (path, text) in book("", &text) {
        put(&folder.path().join(path), text);
    }
    let run = |args: &[&str]| {
        let mut command = assert_cmd::Command::cargo_bin("casebook").unwrap();
        let output = command.arg("suggest").args(args).arg("--dir").arg(folder.path()).output();
        let output = output.unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    for name in ["m-1", MODEL, "models/shop", "content/models/shop/"] {
        let (code, out, _) = run(&[name, "--limit", "1"]);
        assert_eq!(code, Some(0), "{name}");
        for part in [
            "T-STO-001 Bucket is open  high\n    applies to object-storage, which the diagram names",
            "Information disclosure is not looked at for Object storage; hits: data store",
            "1 of 2 threats that M-1 does not have; take one with `- use: T-STO-001`",
        ] {
            assert!(out.contains(part), "{part}\n{out}");
        }
    }
    let (_, out, _) = run(&["M-1", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(json["total"], 2);
    assert_eq!(json["suggestions"][0]["id"], "T-STO-001");
    assert_eq!(json["suggestions"][0]["severity"], "high");
    let (code, _, error) = run(&["M-2"]);
    assert_eq!(code, Some(2));
    assert!(error.contains("there is no model `M-2`; did you mean `M-1`?"), "{error}");
    let (code, ..) = run(&["T-WEB-001"]);
    assert_eq!(code, Some(2));
}
