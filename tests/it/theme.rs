//! Renders every template with views of realistic content, and holds what all pages
//! must keep: no inline script or style, relative addresses, one main heading.
//!
//! With `CASEBOOK_PREVIEW=folder` the pages are also written there, to be looked at.

use crate::support::{files_below, project};
use casebook::site::theme::Theme;
use casebook::site::view::*;
use std::path::Path;

fn link(label: &str, href: &str) -> Link {
    Link::new(label, href)
}

fn site() -> SiteView {
    SiteView {
        title: "Casebook".into(),
        description: "Threat modeling for developers, by example.".into(),
        language: "en".into(),
        repository: Some("https://example.org/casebook".into()),
        search: true,
        generator: "Casebook 0.1.0".into(),
        ..SiteView::default()
    }
}

fn page(url: &str, title: &str) -> PageView {
    let root = "../".repeat(url.matches('/').count());
    let sections = ["guide", "models", "threats", "requirements", "assumptions"];
    PageView {
        title: title.into(),
        heading: Some(Html::new(title.replace('&', "&amp;").replace('<', "&lt;"))),
        description: String::new(),
        edit_url: Some(format!("https://example.org/casebook/edit/{url}")),
        sections: sections
            .iter()
            .map(|name| Menu {
                label: name[..1].to_uppercase() + &name[1..],
                href: format!("{root}{name}/index.html"),
                current: url.starts_with(name),
                items: match *name {
                    "models" => vec![link("Models", "index.html"), link("Status", "status.html")],
                    _ => Vec::new(),
                },
            })
            .collect(),
        url: url.into(),
        root,
        ..PageView::default()
    }
}

fn item(label: &str, number: Option<&str>, href: &str, current: bool) -> SidebarItem {
    SidebarItem {
        label: label.into(),
        href: Some(href.into()),
        number: number.map(Into::into),
        current,
        open: current,
        ..SidebarItem::default()
    }
}

fn entry(kind: &str, id: &str, title: &str) -> EntryLink {
    EntryLink {
        kind: kind.into(),
        id: Some(id.into()),
        title: title.into(),
        href: format!("../{kind}s/{}.html", id.to_lowercase()),
        ..EntryLink::default()
    }
}

fn chip(group: &str, value: &str, label: &str) -> Chip {
    Chip { group: group.into(), value: value.into(), label: label.into(), href: None }
}

fn field(name: &str, label: &str, values: Vec<FieldValue>) -> Field {
    Field { name: name.into(), label: label.into(), values }
}

fn kind(name: &str) -> KindView {
    let title = name[..1].to_uppercase() + &name[1..];
    KindView {
        name: name.into(),
        plural: title.clone() + "s",
        title,
        href: Some("index.html".into()),
    }
}

fn group(name: &str, label: &str, links: Vec<EntryLink>) -> LinkGroup {
    LinkGroup { name: name.into(), label: label.into(), links }
}

fn usages(name: &str, label: &str, usages: Vec<UsageView>) -> UsageGroup {
    UsageGroup { name: name.into(), label: label.into(), usages }
}

fn heading(id: &str, text: &str, children: Vec<Heading>) -> Heading {
    Heading { id: id.into(), text: text.into(), children }
}

const THREATS: [(&str, &str, &str, usize, &str); 14] = [
    (
        "T-AUTH-001",
        "Attacker replays leaked passwords against sign-in",
        "S",
        3,
        "sign-in|public-api",
    ),
    ("T-AUTH-002", "Attacker uses a session of a shared device", "S", 2, "sessions"),
    ("T-AUTH-007", "Attacker guesses a password-reset token", "SE", 4, "sign-in"),
    (
        "T-DATA-001",
        "Caller reads another customer's record by changing an ID",
        "IE",
        4,
        "public-api",
    ),
    ("T-DATA-003", "Backup is read by somebody who may not read the database", "I", 3, "backups"),
    (
        "T-DOS-002",
        "One caller uses up a resource that all callers share",
        "D",
        2,
        "public-api|queues",
    ),
    ("T-FILE-001", "Uploaded file runs as code on the server", "TE", 4, "file-upload"),
    ("T-FILE-002", "Uploaded archive expands until the disk is full", "D", 3, "file-upload"),
    (
        "T-LLM-001",
        "Text in a document gives orders to the language model",
        "TE",
        3,
        "language-models",
    ),
    ("T-LOG-001", "Nobody can tell who changed a record", "R", 2, "logging"),
    ("T-SUP-001", "Malicious package enters the build through a look-alike name", "TE", 4, "build"),
    ("T-SUP-004", "Build runner leaks its credentials to a pull request", "I", 3, "build"),
    ("T-WEB-001", "Script of an attacker runs in a customer's browser", "TI", 3, "web-page"),
    ("T-WEB-004", "Service fetches an address that an attacker chose", "IE", 4, "public-api|cloud"),
];

const STRIDE: [&str; 6] = [
    "Spoofing",
    "Tampering",
    "Repudiation",
    "Information disclosure",
    "Denial of service",
    "Elevation of privilege",
];

fn slug(words: &str) -> String {
    words.to_lowercase().replace(' ', "-")
}

fn catalogue() -> CatalogueView {
    let severities = ["Low", "Medium", "High", "Critical"];
    let rows: Vec<Row> = THREATS
        .iter()
        .enumerate()
        .map(|(n, (id, title, letters, severity, applies_to))| {
            let stride: Vec<Chip> = STRIDE
                .iter()
                .filter(|word| letters.contains(&word[..1]))
                .map(|word| chip("stride", &slug(word), word))
                .collect();
            let words: Vec<String> = applies_to.split('|').map(Into::into).collect();
            let label = severities[severity - 1];
            let used = [3, 0, 2, 4, 1][n % 5];
            let status = (n == 9).then(|| chip("status", "draft", "Draft"));
            let facets = [
                ("stride", stride.iter().map(|c| c.value.clone()).collect()),
                ("severity", vec![slug(label)]),
                ("elements", vec!["process".into()]),
                ("applies-to", words.clone()),
                ("use", vec![if used > 0 { "used" } else { "unused" }.into()]),
            ];
            Row {
                kind: "Threat".into(),
                id: (*id).into(),
                title: (*title).into(),
                href: format!("{}.html", id.to_lowercase()),
                description: String::new(),
                stride,
                severity: Some(chip("severity", &slug(label), label)),
                severity_rank: *severity,
                applies_to: words.iter().map(|w| chip("applies-to", w, w)).collect(),
                status,
                used,
                facets: facets.into_iter().map(|(name, values)| (name.into(), values)).collect(),
            }
        })
        .collect();
    let facet = |name: &str, label: &str, values: &[(&str, &str)]| Facet {
        name: name.into(),
        label: label.into(),
        values: values
            .iter()
            .map(|(value, label)| FacetValue {
                value: (*value).into(),
                label: (*label).into(),
                count: rows.iter().filter(|r| r.facets[name].iter().any(|v| v == value)).count(),
            })
            .collect(),
    };
    let stride: Vec<(String, &str)> = STRIDE.iter().map(|word| (slug(word), *word)).collect();
    let stride: Vec<(&str, &str)> = stride.iter().map(|(a, b)| (a.as_str(), *b)).collect();
    let places = ["backups", "build", "file-upload", "public-api", "sessions", "sign-in"];
    CatalogueView {
        kind: kind("threat"),
        facets: vec![
            facet("stride", "STRIDE", &stride),
            facet(
                "severity",
                "Severity",
                &[("critical", "Critical"), ("high", "High"), ("medium", "Medium"), ("low", "Low")],
            ),
            facet("applies-to", "Applies to", &places.map(|p| (p, p))),
            facet("elements", "Elements", &[("process", "Process")]),
            facet("use", "Use", &[("used", "Used by a model"), ("unused", "Not used yet")]),
        ],
        others: vec![link("All entries", "../entries.html")],
        groups: ["stride", "severity"].map(Into::into).to_vec(),
        columns: ["stride", "severity", "applies-to", "used"].map(Into::into).to_vec(),
        rows,
        sorted: true,
    }
}

fn entry_page(deprecated: bool) -> (PageView, Content) {
    let url = if deprecated { "threats/t-auth-002.html" } else { "threats/t-auth-001.html" };
    let mut page = page(url, "Attacker replays leaked passwords against sign-in");
    page.breadcrumbs = vec![link("Threats", "index.html")];
    page.tags = vec![link("passwords", "../tags/passwords.html")];
    page.sidebar = vec![SidebarPart {
        title: None,
        items: THREATS
            .iter()
            .map(|t| {
                item(t.1, Some(t.0), &format!("{}.html", t.0.to_lowercase()), t.0 == "T-AUTH-001")
            })
            .collect(),
    }];
    page.toc = vec![
        heading("how-it-happens", "How it happens", vec![]),
        heading("how-to-find-it", "How to find it", vec![]),
        heading("used-by", "Used by", vec![]),
    ];
    page.next =
        Some(link("T-AUTH-002 Attacker uses a session of a shared device", "t-auth-002.html"));
    page.body = Html::new(
        "<h2 id=\"how-it-happens\">How it happens <a class=\"anchor\" href=\"#how-it-happens\" aria-label=\"Link to this section\">#</a></h2>\n<p>People use one password at several services. When one of them loses its accounts, the list is tried everywhere else, slowly and from many addresses.</p>\n<h2 id=\"how-to-find-it\">How to find it <a class=\"anchor\" href=\"#how-to-find-it\" aria-label=\"Link to this section\">#</a></h2>\n<ul><li>Many accounts fail once or twice, few fail often.</li><li>The failures come from addresses that were never seen before.</li></ul>",
    );
    let phrase =
        |text: &str, part: Option<&str>| Phrase { text: text.into(), part: part.map(Into::into) };
    let external = |label: &str, title: Option<&str>| FieldValue::External {
        label: label.into(),
        href: "https://example.org/".into(),
        title: title.map(Into::into),
    };
    let mut used = entry("model", "M-PWRESET-001", "Password reset by e-mail");
    used.note = Some("Mitigated: tokens are counted by account".into());
    let mut old = entry("threat", "T-AUTH-003", "Attacker tries one password on many accounts");
    old.deprecated = true;
    let view = EntryView {
        kind: kind("threat"),
        id: if deprecated { "T-AUTH-002" } else { "T-AUTH-001" }.into(),
        aliases: vec!["T-SIGNIN-004".into()],
        status: deprecated.then(|| chip("status", "deprecated", "Deprecated")),
        deprecated,
        replaced_by: if deprecated {
            vec![entry("threat", "T-AUTH-001", "Attacker replays leaked passwords")]
        } else {
            vec![]
        },
        statement: vec![
            phrase("An attacker with a list of leaked passwords", Some("source")),
            phrase(" ", None),
            phrase("with no account of their own", Some("prerequisites")),
            phrase(" can ", None),
            phrase("sign in as customers who reuse a password", Some("action")),
            phrase(", which leads to ", None),
            phrase("takeover of those accounts", Some("impact")),
            phrase(", and harms ", None),
            phrase("confidentiality and integrity", Some("goal")),
            phrase(" of ", None),
            phrase("customer accounts", Some("assets")),
            phrase(".", None),
        ],
        chips: vec![chip("severity", "high", "High"), chip("stride", "spoofing", "Spoofing")],
        facts: vec![
            field(
                "elements",
                "Hits",
                ["Process", "Flow"]
                    .map(|e| FieldValue::Chip(chip("elements", &slug(e), e)))
                    .to_vec(),
            ),
            field(
                "applies-to",
                "Applies to",
                ["sign-in", "public-api"]
                    .map(|e| {
                        FieldValue::Chip(Chip {
                            href: Some("index.html".into()),
                            ..chip("applies-to", e, e)
                        })
                    })
                    .to_vec(),
            ),
        ],
        more: vec![
            field(
                "requirements",
                "Treated by",
                vec![
                    FieldValue::Entry(entry(
                        "requirement",
                        "R-AUTH-002",
                        "Failures are counted by account and by address",
                    )),
                    FieldValue::Entry(entry(
                        "requirement",
                        "R-AUTH-005",
                        "Leaked passwords are refused",
                    )),
                ],
            ),
            field(
                "assumptions",
                "Rests on",
                vec![FieldValue::Entry(entry(
                    "assumption",
                    "A-ID-001",
                    "The identity provider verifies e-mail addresses",
                ))],
            ),
            field("related", "Related", vec![FieldValue::Entry(old)]),
            field(
                "references",
                "References",
                vec![
                    external(
                        "CWE-307",
                        Some("Improper Restriction of Excessive Authentication Attempts"),
                    ),
                    external("CAPEC-600", Some("Credential Stuffing")),
                    external("ATT&CK T1110.004", Some("Credential Stuffing")),
                    external("ASVS v5.0.0-6.3.1", None),
                ],
            ),
        ],
        changes: vec![DatedView {
            date: "2026-05-01".into(),
            what: "Sends <two> requests at once.".into(),
        }],
        outdated: vec![entry("model", "M-001", "Password reset by e-mail")],
        used_by: vec![
            usages(
                "uses",
                "Used by models",
                vec![
                    UsageView {
                        link: used,
                        date: "2026-04-02".into(),
                        citations: vec![CitationView {
                            href: "../models/m-pwreset-001.html#t-auth-001".into(),
                            label: "Threats".into(),
                            verdict: Some(chip("status", "accepted", "Accepted")),
                            severity: Some(chip("severity", "high", "High")),
                            why: "Rare <and> cheap. Decided by the team.".into(),
                            ..CitationView::default()
                        }],
                        earlier: vec![UsageView {
                            link: entry("model", "M-PWRESET-000", "Password reset, before"),
                            ..UsageView::default()
                        }],
                        ..UsageView::default()
                    },
                    UsageView {
                        link: entry("model", "M-SHOP-001", "Web shop with guest checkout"),
                        ..UsageView::default()
                    },
                ],
            ),
            usages(
                "mentions",
                "Mentioned in",
                vec![UsageView {
                    link: EntryLink {
                        kind: "guide".into(),
                        title: "What can go wrong?".into(),
                        href: "../guide/02-what-can-go-wrong.html".into(),
                        ..EntryLink::default()
                    },
                    citations: vec![CitationView {
                        href: "../guide/02-what-can-go-wrong.html#walk-the-flows".into(),
                        label: "Walk the flows".into(),
                        before: "The first is ".into(),
                        text: "T-AUTH-001".into(),
                        after: ", as <before>.".into(),
                        ..CitationView::default()
                    }],
                    more: 2,
                    ..UsageView::default()
                }],
            ),
        ],
    };
    (page, Content::Entry(view))
}

fn guide() -> (PageView, Content) {
    let mut page = page("guide/02-what-can-go-wrong.html", "What can go wrong?");
    page.description = "Find threats along the flows of a diagram.".into();
    page.breadcrumbs = vec![link("Guide", "index.html")];
    page.body = Html::new(include_str!("../theme/guide.html"));
    let steps = [
        "What are we working on?",
        "What can go wrong?",
        "What are we going to do about it?",
        "Did we do a good job?",
    ];
    let mut items: Vec<SidebarItem> = steps
        .iter()
        .enumerate()
        .map(|(n, s)| item(s, Some(&(n + 1).to_string()), "index.html", n == 1))
        .collect();
    items[1].children = vec![
        item("STRIDE in ten minutes", None, "index.html", false),
        SidebarItem { label: "Attack trees".into(), ..SidebarItem::default() },
    ];
    page.sidebar = vec![
        SidebarPart { title: Some("The four questions".into()), items },
        SidebarPart {
            title: Some("Further on".into()),
            items: vec![item("Models in review", None, "index.html", false)],
        },
    ];
    page.toc = vec![
        heading("walk-the-flows", "Walk the flows", vec![]),
        heading(
            "write-it-down",
            "Write it down",
            vec![
                heading("a-threat-in-the-model", "A threat in the model", vec![]),
                heading("a-picture-of-it", "A picture of it", vec![]),
            ],
        ),
        heading("check-your-list", "Check your list", vec![]),
    ];
    page.previous = Some(link("What are we working on?", "01.html"));
    page.next = Some(link("What are we going to do about it?", "03.html"));
    let step = Some(Step { number: 2, total: 4 });
    (
        page,
        Content::Article(ArticleView { kind: Some(kind("guide")), step, ..ArticleView::default() }),
    )
}

fn model() -> (PageView, Content) {
    let mut page = page("models/password-reset/index.html", "Password reset by e-mail");
    page.description = "A customer who forgot the password gets a link that works once.".into();
    page.breadcrumbs = vec![link("Models", "../index.html")];
    page.body = Html::new(include_str!("../theme/model.html"));
    page.sidebar = vec![SidebarPart {
        title: None,
        items: vec![
            item("Password reset by e-mail", None, "index.html", true),
            item("Web shop with guest checkout", None, "../shop/index.html", false),
        ],
    }];
    page.toc = vec![
        heading("what-are-we-working-on", "What are we working on?", vec![]),
        heading("what-can-go-wrong", "What can go wrong?", vec![]),
        heading("what-are-we-going-to-do", "What are we going to do about it?", vec![]),
    ];
    let count = |name: &str, value, label: &str| Count {
        name: name.into(),
        label: label.into(),
        value,
        href: Some("#what-can-go-wrong".into()),
    };
    let text = |words: &str| vec![FieldValue::Text { text: words.into() }];
    let view = ModelView {
        kind: KindView { plural: "Models".into(), ..kind("model") },
        id: Some("M-PWRESET-001".into()),
        status: Some(link("Status", "../../status.html")),
        facts: vec![
            field("size", "Size", vec![FieldValue::Chip(chip("size", "small", "Small"))]),
            field("team", "Team", text("Accounts")),
            field("date", "Date", text("2 November 2026")),
        ],
        counts: vec![
            count("open", 1, "open threat"),
            count("mitigated", 1, "mitigated"),
            count("accepted", 1, "accepted"),
            count("requirements", 4, "requirements"),
        ],
        used_by: vec![],
        ..ModelView::default()
    };
    (page, Content::Model(view))
}

fn home() -> (PageView, Content) {
    let mut page = page("index.html", "Threat modeling, by example");
    page.description = "Follow the guide, compare worked models, and pick from threats, requirements and assumptions that others have written down.".into();
    page.body = Html::new(
        "<h2 id=\"how-to-use\">How to use it <a class=\"anchor\" href=\"#how-to-use\" aria-label=\"Link to this section\">#</a></h2>\n<p>New to it? The guide takes an hour and ends with a model of your own. In a hurry? Search for your feature, such as <em>file upload</em>, and take the threats that fit.</p>",
    );
    let card = |title: &str, href: &str, description: &str, count| Card {
        title: title.into(),
        href: href.into(),
        description: description.into(),
        count: Some(count),
        ..Card::default()
    };
    let view = HomeView {
        lead: None,
        actions: vec![
            link("Start the guide", "guide/index.html"),
            link("See a worked model", "models/index.html"),
        ],
        example: Some(ExampleView {
            svg: Html::new("<svg class=\"dfd\" viewBox=\"0 0 9 9\"></svg>"),
            title: "Password reset by e-mail".into(),
            href: "models/password-reset/index.html".into(),
            id: Some("T-AUTH-007".into()),
            threat: "Attacker guesses a password-reset token".into(),
            threat_href: "models/password-reset/index.html#t-auth-007".into(),
            severity: Some(chip("severity", "high", "High")),
        }),
        lanes: vec![Lane {
            name: "look_up".into(),
            label: "Look up".into(),
            items: vec![
                card("Threats", "threats/index.html", "What can go wrong.", 34),
                card("Requirements", "requirements/index.html", "What to do about it.", 31),
            ],
        }],
        others: vec![card("Recipes", "recipes/index.html", "For one task each.", 6)],
    };
    (page, Content::Home(view))
}

fn section() -> (PageView, Content) {
    let mut page = page("guide/index.html", "Guide");
    page.description = "From an empty page to a reviewed model, in four questions.".into();
    page.body = Html::new(
        "<p>Each step ends with a short list to tick. The ticks stay in your browser.</p>",
    );
    page.sidebar = guide().0.sidebar;
    let card = |step, title: &str, text: &str| Card {
        title: title.into(),
        href: "02-what-can-go-wrong.html".into(),
        step: Some(step),
        description: text.into(),
        ..Card::default()
    };
    let mut items = vec![
        card(1, "What are we working on?", "Draw what you build, with its boundaries."),
        card(2, "What can go wrong?", "Walk along the flows and write down threats."),
        card(
            3,
            "What are we going to do about it?",
            "Choose a response for each threat, and a requirement.",
        ),
    ];
    items.push(Card {
        title: "Password reset by e-mail".into(),
        href: "../models/password-reset/index.html".into(),
        kind: "model".into(),
        id: Some("M-PWRESET-001".into()),
        description: "A customer who forgot the password gets a link that works once.".into(),
        chips: vec![chip("size", "small", "Small")],
        ..Card::default()
    });
    let alone = CardGroup { items: items.split_off(3), ..CardGroup::default() };
    let folder = CardGroup {
        label: Some("In depth".into()),
        href: Some("depth/index.html".into()),
        description: "Why it works.".into(),
        items,
    };
    let groups = vec![alone, folder];
    let overviews = vec![link("Status", "../status.html")];
    (
        page,
        Content::Section(SectionView {
            kind: Some(kind("guide")),
            groups,
            overviews,
            progress: true,
        }),
    )
}

fn overview() -> (PageView, Content) {
    let mut page = page("coverage/threats.html", "Threats in the models");
    page.description = "Which model has which threat.".into();
    let named = |name: &str, label: &str, numeric| OverviewColumn {
        name: Some(name.into()),
        label: label.into(),
        numeric,
        ..OverviewColumn::default()
    };
    let model = OverviewColumn {
        label: "M-PWRESET-001".into(),
        title: Some("Password reset <by e-mail>".into()),
        href: Some("../models/password-reset/index.html".into()),
        ..OverviewColumn::default()
    };
    let row = |number: usize| OverviewRow {
        facets: [("status".to_string(), vec!["open".to_string()])].into(),
        cells: vec![
            OverviewCell {
                text: format!("T-AUTH-00{number}"),
                href: Some("../threats/t-auth-001.html".into()),
                ..OverviewCell::default()
            },
            OverviewCell {
                text: "Somebody guesses a password & gets in".into(),
                href: Some("../threats/t-auth-001.html".into()),
                again: true,
                ..OverviewCell::default()
            },
            OverviewCell {
                value: Some(3),
                chips: vec![chip("severity", "high", "High")],
                ..OverviewCell::default()
            },
            match number {
                1 => OverviewCell {
                    text: "O".into(),
                    state: Some(chip("status", "open", "Open")),
                    href: Some("../models/password-reset/index.html#t-auth-001".into()),
                    ..OverviewCell::default()
                },
                _ => OverviewCell::default(),
            },
        ],
        due: Some("2026-05-01".into()),
    };
    let view = OverviewView {
        name: "threats".into(),
        overviews: vec![
            link("Status", "../status.html"),
            Link { current: true, ..link("Threats", "threats.html") },
        ],
        csv: Some("threats.csv".into()),
        row_name: ["threat", "threats"].map(Into::into),
        counts: vec![Count { name: "open".into(), label: "open".into(), value: 1, href: None }],
        legend: vec![chip("status", "O", "Open")],
        facets: vec![Facet {
            name: "status".into(),
            label: "Status".into(),
            values: vec![FacetValue { value: "open".into(), label: "Open".into(), count: 2 }],
        }],
        columns: vec![
            named("id", "ID", false),
            named("title", "Title", false),
            named("severity", "Severity", false),
            model,
        ],
        rows: vec![row(1), row(2)],
        sorted: true,
    };
    (page, Content::Overview(view))
}

fn pages() -> Vec<(PageView, Content)> {
    let mut catalogue_page = page("threats/index.html", "Threats");
    catalogue_page.body = Html::new(
        "<p>Each threat says who can do what, what it leads to, and what treats it. Pick those that fit and name them in your model.</p>",
    );
    let tag = TagView {
        name: "passwords".into(),
        groups: vec![
            group(
                "threat",
                "Threats",
                vec![entry(
                    "threat",
                    "T-AUTH-001",
                    "Attacker replays leaked passwords against sign-in",
                )],
            ),
            group(
                "requirement",
                "Requirements",
                vec![entry("requirement", "R-AUTH-005", "Leaked passwords are refused")],
            ),
        ],
    };
    let mut tag_page = page("tags/passwords.html", "passwords");
    tag_page.breadcrumbs = vec![link("Tags", "index.html")];
    let tags = ["backups", "cloud", "file-upload", "passwords", "sessions"];
    let tags = tags
        .iter()
        .enumerate()
        .map(|(n, t)| TagCount { name: (*t).into(), href: format!("{t}.html"), count: n + 2 })
        .collect();
    let mut reference = page("reference/diagnostics.html", "Diagnostics");
    reference.description = "Everything that `casebook check` can find.".into();
    reference.body = Html::new(
        "<div class=\"table-wrap\" tabindex=\"0\"><table><thead><tr><th>Code</th><th>Level</th><th>What was found</th></tr></thead><tbody><tr><td><a href=\"#dangling-id\"><code>dangling-id</code></a></td><td>deny</td><td>A reference to an entry that does not exist.</td></tr><tr><td><a href=\"#unknown-key\"><code>unknown-key</code></a></td><td>warn</td><td>A key that Casebook does not know.</td></tr></tbody></table></div>\n<h2 id=\"dangling-id\">dangling-id</h2><p>References must name an entry of this book.</p><h2 id=\"unknown-key\">unknown-key</h2><p>A misspelt key is silently without effect.</p>",
    );
    let mut lost = page("404.html", "Not found");
    lost.noindex = true;
    let links = vec![link("Guide", "guide/index.html")];
    vec![
        home(),
        guide(),
        section(),
        model(),
        entry_page(false),
        entry_page(true),
        (catalogue_page, Content::Catalogue(catalogue())),
        (tag_page, Content::Tag(tag)),
        (page("tags/index.html", "Tags"), Content::Tags(TagsView { tags })),
        (
            page("threats/t-signin-004.html", "Moved"),
            Content::Redirect(RedirectView {
                target: "t-auth-001.html".into(),
                title: "T-AUTH-001 Attacker replays leaked passwords".into(),
            }),
        ),
        (lost, Content::NotFound(NotFoundView { links })),
        overview(),
        (
            page("changes/m-001.html", "What changed: Password reset by e-mail"),
            Content::Change(revision_change()),
        ),
        (page("stride/m-001.html", "STRIDE per element"), Content::Stride(stride())),
        (page("meeting/m-001.html", "For the meeting"), Content::Meeting(meeting())),
        (reference, Content::Reference(ReferenceView { name: "diagnostics".into() })),
    ]
}

const HOSTILE: &str = "<img src=x onerror=alert(1)>";

fn stride() -> StrideView {
    let threat = || vec![link(HOSTILE, "../models/a.html#x-1")];
    let cell = |state: &str, threats| StrideCell {
        category: HOSTILE.into(),
        state: state.into(),
        threats,
    };
    let row = StrideRow {
        name: HOSTILE.into(),
        label: HOSTILE.into(),
        kind: "process".into(),
        cells: vec![cell("covered", threat()), cell("gap", vec![]), cell("of-logs", vec![])],
        others: threat(),
        gaps: vec![StrideGap {
            category: HOSTILE.into(),
            suggestions: vec![entry("threat", "T-1", HOSTILE)],
        }],
        ..StrideRow::default()
    };
    StrideView {
        model: entry("model", "M-001", HOSTILE),
        gaps: 1,
        asked: 3,
        rows: vec![row],
        ..StrideView::default()
    }
}

fn meeting() -> MeetingView {
    let row = MeetingRow {
        id: HOSTILE.into(),
        title: HOSTILE.into(),
        href: "../models/a.html#x-1".into(),
        risk: Some(chip("severity", "high", HOSTILE)),
        places: vec![HOSTILE.into()],
        requirements: vec![HOSTILE.into()],
        facts: vec![field("owner", HOSTILE, vec![FieldValue::Text { text: HOSTILE.into() }])],
    };
    MeetingView {
        model: entry("model", "M-001", HOSTILE),
        date: HOSTILE.into(),
        threats: vec![row],
        responses: vec![HOSTILE.into()],
    }
}

fn revision_change() -> ChangeView {
    let hostile = HOSTILE;
    let revision = |id: &str| RevisionView {
        id: Some(id.into()),
        title: hostile.into(),
        href: "../models/a.html".into(),
        date: hostile.into(),
        ..RevisionView::default()
    };
    let row = |change: &str, list| ChangeRow {
        change: change.into(),
        label: change.into(),
        title: hostile.into(),
        details: vec![ChangeDetail {
            label: hostile.into(),
            from: vec![hostile.into()],
            to: vec![hostile.into()],
            list,
        }],
        ..ChangeRow::default()
    };
    ChangeView {
        kind: kind("model"),
        old: revision("M-001"),
        new: revision("M-002"),
        still: vec![chip("severity", "low", hostile)],
        parts: vec![ChangePart {
            name: "threats".into(),
            label: "Threats".into(),
            counts: "2 added".into(),
            rows: vec![row("added", true), row("changed", true), row("changed", false)],
        }],
        moves: vec![MoveView {
            title: hostile.into(),
            from: Some(chip("severity", "low", hostile)),
            way: "up".into(),
            label: "Higher".into(),
            ..MoveView::default()
        }],
        open: vec![OpenView { severity: chip("severity", "low", "Low"), from: 1, to: 2 }],
        diagrams: vec![ChangeDiagram { caption: hostile.into(), svg: Html::new("<svg></svg>") }],
    }
}

#[test]
fn every_template_renders_and_keeps_the_rules() {
    let theme = Theme::embedded();
    let folder = std::env::var_os("CASEBOOK_PREVIEW");
    let folder = folder.as_deref().map(Path::new);
    let mut sites = vec![(site(), String::new())];
    sites.push((SiteView { rtl: true, language: "he".into(), ..site() }, "rtl/".into()));
    for (site, prefix) in &sites {
        for (page, content) in pages() {
            let template = content.template();
            let url = page.url.clone();
            let html = match theme.render(template, &View { site, page, text: text(), content }) {
                Ok(html) => html,
                Err(error) => panic!("{url}: {error}"),
            };
            assert_eq!(html.matches("<h1").count(), 1, "{url}: one main heading");
            assert!(!html.contains("style="), "{url}: no inline style");
            assert_eq!(
                html.matches("<script").count(),
                html.matches("<script src=").count(),
                "{url}"
            );
            assert!(!html.contains("href=\"/") && !html.contains("src=\"/"), "{url}: relative");
            if let Some(folder) = folder {
                write(&folder.join(prefix).join(&url), html.as_bytes());
            }
        }
        for (path, bytes) in theme.assets() {
            if let Some(folder) = folder {
                write(&folder.join(prefix).join("assets").join(path), bytes);
            }
        }
    }
}

fn write(path: &Path, bytes: &[u8]) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn text_of_authors_is_escaped_in_every_template() {
    let theme = Theme::embedded();
    let hostile = "<img src=x onerror=alert(1)>\"'";
    let site = SiteView { title: hostile.into(), ..site() };
    for (mut page, content) in pages() {
        page.title = hostile.into();
        page.description = hostile.into();
        page.heading = page.heading.and(None);
        page.tags = vec![link(hostile, "x.html")];
        let url = page.url.clone();
        let html = theme
            .render(content.template(), &View { site: &site, page, text: text(), content })
            .unwrap();
        assert!(!html.contains("<img src=x"), "{url}");
    }
}

#[test]
fn ten_thousand_rows_fit_into_one_page() {
    let mut view = catalogue();
    let few = view.rows.clone();
    view.rows = (0..10_000).map(|n| few[n % few.len()].clone()).collect();
    let page = page("threats/index.html", "Threats");
    let site = site();
    let view = View { site: &site, page, text: text(), content: Content::Catalogue(view) };
    let html = Theme::embedded().render("catalogue.html", &view).unwrap();
    assert_eq!(html.matches("<tr data-").count(), 10_000);
}

/// What the interface says in English.
fn text() -> minijinja::Value {
    std::sync::Arc::new(casebook::book::language::Texts::embedded("en")).value()
}

#[test]
fn ids_of_the_theme_are_none_of_an_author() {
    let folder = project("themes/default");
    let mut strange = Vec::new();
    for path in files_below(&folder).iter().filter(|p| p.ends_with(".html") || p.ends_with(".js")) {
        let text = std::fs::read_to_string(folder.join(path)).unwrap();
        for mark in [" id=\"", " id: \"", ".id = \"", "\"id\", \"", " id: `"] {
            let after = text.match_indices(mark).map(|(at, _)| &text[at + mark.len()..]);
            // What a template or script fills in is an anchor of the book, or begins so itself.
            let own = ["Casebook-", "{{", "${id}-"];
            let own = |rest: &&str| !own.iter().any(|head| rest.starts_with(head));
            strange.extend(after.filter(own).map(|rest| format!("{path}: {}", &rest[..20])));
        }
    }
    assert!(strange.is_empty(), "{strange:#?}");
}
