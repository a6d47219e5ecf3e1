use super::*;
use proptest::prelude::*;

/// Parses a text that must be good.
fn good(text: &str) -> Diagram {
    let (diagram, problems) = parse(text);
    let errors: Vec<_> = problems.iter().filter(|p| p.level == Level::Error).collect();
    assert!(errors.is_empty(), "{text}\n{errors:#?}");
    diagram.expect("a diagram without errors")
}

/// The text marked by the first error, its message and its help.
fn error(text: &str) -> (String, String, String) {
    let (diagram, problems) = parse(text);
    assert!(diagram.is_none(), "{text}");
    let p = problems.into_iter().find(|p| p.level == Level::Error).expect("an error");
    (text[p.span].to_string(), p.message, p.help.unwrap_or_default())
}

fn flows(diagram: &Diagram) -> Vec<String> {
    let show = |f: &Flow| {
        let sign = if f.both_ways { "<->" } else { "->" };
        let (from, to) = (diagram.end_id(f.from), diagram.end_id(f.to));
        format!("{}: {from} {sign} {to} [{}]", f.number, f.label)
    };
    diagram.flows.iter().map(show).collect()
}

const SHOP: &str = r#"flowchart LR
  accTitle: Orders
  user["Customer"]:::external
  subgraph prod["Production"]
    web("Web app"):::process
    subgraph data["Data zone"]
      db[("Orders")]:::datastore
    end
  end
  user -->|"1. order"| web
  web -->|"2. rows"| db
  web <-->|"session"| user
"#;

/// Says the keys, so that nothing else than words can come from a language.
struct Spoken;

impl super::Words for Spoken {
    fn phrase(&self, key: &str, values: &[(&str, &str)]) -> String {
        values.iter().fold(key.to_string(), |said, (_, value)| said + " " + value)
    }

    fn number(&self, key: &str, n: usize) -> String {
        format!("{n} {key}")
    }

    fn word_within(&self, word: &str) -> String {
        word.to_string()
    }
}

#[test]
fn reads_elements_flows_and_boundaries() {
    let shop = good(SHOP);
    assert_eq!(shop.direction, Direction::LeftRight);
    assert_eq!(shop.title.as_deref(), Some("Orders"));
    let kinds: Vec<_> = shop.elements.iter().map(|e| (e.id.as_str(), e.kind, e.boundary)).collect();
    assert_eq!(
        kinds,
        [
            ("user", Kind::External, None),
            ("web", Kind::Process, Some(0)),
            ("db", Kind::Store, Some(1))
        ]
    );
    assert_eq!(shop.boundaries[1].parent, Some(0));
    assert_eq!(
        flows(&shop),
        ["1: user -> web [order]", "2: web -> db [rows]", "3: web <-> user [session]"]
    );
    assert_eq!(&SHOP[shop.elements[2].span.clone()], "db[(\"Orders\")]:::datastore");
    assert_eq!(&SHOP[shop.flows[1].span.clone()], "-->|\"2. rows\"|");
    assert_eq!(&SHOP[shop.boundaries[1].span.clone()], "subgraph data[\"Data zone\"]");
    assert_eq!(shop.crossed(&shop.flows[1]), [1]);
    assert_eq!(shop.crossed(&shop.flows[2]), [0]);
}

#[test]
fn reads_every_arrow() {
    let arrows = good(
        "graph TD\na-->b---c-.->d==>e<-->f\na --x b --o c\na x--x b o--o c\na ----> b -..-> c ====> d\n\
         a -- text --> b\na--text-->b\na -- \"t(e)\" --> b\na-.t.->b\na -. t u .-> b\na ==t==> b\n\
         a -- x --- b\na -->|t| b\na ---|t| b\na e1@-->|t| b\na ~~~ b\na & b --> c & d\na\n-->\nb\na-->a\na-- te-xt -->b",
    );
    let plain: Vec<String> =
        flows(&arrows).into_iter().map(|f| f.split_once(": ").unwrap().1.to_string()).collect();
    assert_eq!(
        plain,
        [
            "a -> b []",
            "b <-> c []",
            "c -> d []",
            "d -> e []",
            "e <-> f []",
            "a -> b []",
            "b -> c []",
            "a <-> b []",
            "b <-> c []",
            "a -> b []",
            "b -> c []",
            "c -> d []",
            "a -> b [text]",
            "a -> b [text]",
            "a -> b [t(e)]",
            "a -> b [t]",
            "a -> b [t u]",
            "a -> b [t]",
            "a <-> b [x]",
            "a -> b [t]",
            "a <-> b [t]",
            "a -> b [t]",
            "a -> c []",
            "a -> d []",
            "b -> c []",
            "b -> d []",
            "a -> b []",
            "a -> a []",
            "a -> b [te-xt]",
        ]
    );
    assert_eq!(arrows.flows[21].id.as_deref(), Some("e1"));
}

#[test]
fn reads_every_shape_and_its_kind() {
    let shapes = good(
        "flowchart\na[t]\nb(t)\nc([t])\nd[[t]]\ne[(t)]\nf((t))\ng(((t)))\nh>t]\ni{t}\nj{{t}}\nk[/t/]\n\
         l[\\t\\]\nm[/t\\]\nn[\\t/]\np@{ shape: cyl, label: \"t\" }\nq@{ shape: rounded }\n\
         r[\"Data store: t\"]\ns[Process: t]\nu[t]:::datastore\nclass a process;v-w.ü[t]\n\
         w[\"`**t** _u_`\"]\ny[\"a<br/>b #quot;c#quot; ☁\"]",
    );
    let letter = |e: &Element| match e.kind {
        Kind::External => {
            if e.kind_guessed {
                '?'
            } else {
                'E'
            }
        }
        Kind::Process => 'P',
        Kind::Store => 'S',
    };
    let kinds: String = shapes.elements.iter().map(letter).collect();
    assert_eq!(kinds, "PPP?SPP???????SPSPS???");
    let label = |id: &str| &shapes.elements.iter().find(|e| e.id == id).unwrap().label;
    assert_eq!(label("r"), "t");
    assert_eq!(label("w"), "t u");
    assert_eq!(label("y"), "a\nb \"c\" ☁");
    assert_eq!(label("v-w.ü"), "t");
}

#[test]
fn reads_every_way_to_open_a_boundary() {
    let text = "---\ntitle: From front matter\n---\n%%{init: {\n 'theme': 'dark'}}%%\n%% comment\n\
        flowchart TB; a-->b\nsubgraph X [\"t (u)\"]\n direction LR\n a\nend\nsubgraph Two words\nb\nend\n\
        subgraph \"Quoted (one)\"\nend\nsubgraph solo;c;end\nsubgraph outer\n X\n d --> solo\nend\n\
        style a fill:#fff\nclick a \"javascript:alert(1)\"\nlinkStyle 0 stroke:red\nclassDef external fill:#f00;a-->X";
    let diagram = good(text);
    assert_eq!(diagram.title.as_deref(), Some("From front matter"));
    let shown: Vec<_> = diagram
        .boundaries
        .iter()
        .map(|b| {
            let parent = b.parent.map_or("", |p| &diagram.boundaries[p].id);
            format!("{parent}/{}={}", b.id, b.label)
        })
        .collect();
    assert_eq!(
        shown,
        [
            "/two-words=Two words",
            "/quoted-one=Quoted (one)",
            "/outer=outer",
            "outer/X=t (u)",
            "outer/solo=solo",
        ]
    );
    let a = diagram.elements.iter().find(|e| e.id == "a").unwrap();
    assert_eq!(a.boundary, Some(3), "a node named before belongs to the boundary that lists it");
    assert_eq!(diagram.flows.last().unwrap().to, End::Boundary(3));
    assert_eq!(diagram.elements.len(), 4);
}

#[test]
fn flows_keep_their_own_numbers() {
    let diagram = good("graph TD\na-->|\"2. x\"|b\na-->|y|b\na-->|\"10) z\"|b\na-->|\"3.5 kB\"|b");
    assert_eq!(
        flows(&diagram),
        ["2: a -> b [x]", "1: a -> b [y]", "10: a -> b [z]", "3: a -> b [3.5 kB]"]
    );
}

#[test]
fn errors_name_the_place_and_the_fix() {
    let check = |text: &str, place: &str, message: &str, help: &str| {
        let found = error(text);
        assert_eq!(found.0, place, "{found:?}");
        assert!(found.1.contains(message), "{found:?}");
        assert!(found.2.contains(help), "{found:?}");
    };
    check("", "", "empty", "flowchart LR");
    check("a --> b", "a", "does not begin", "flowchart LR");
    check("flowchart XX\na", "XX", "not a direction", "LR");
    check("graph LR a-->b", "a", "follows the direction", "new line");
    check("graph LR\na[b (c)]", "(", "without quotes", "`\"b (c)\"`");
    check("graph LR\na -->|b (c)| d", "(", "without quotes", "`\"b (c)\"`");
    check("graph LR\nsubgraph a (b)\nend", "(", "without quotes", "subgraph id[\"title\"]");
    check("graph LR\na-->end", "end", "closes a boundary", "End");
    check("graph LR\nend-user-->a", "end", "closes a boundary", "End");
    check("graph LR\nend", "end", "without a boundary", "subgraph");
    check("graph LR\nsubgraph a\nb", "subgraph a", "no `end`", "end");
    check("graph LR\na -> b", "->", "not an arrow", "-->");
    check("graph LR\na <-- b", "<--", "points back", "b --> a");
    check("graph LR\na → b", "→", "not an arrow", "-->");
    check("graph LR\na -->", "-->", "goes nowhere", "a --> b");
    check("graph LR\na -- b", "-- b", "does not end", "-->");
    check("graph LR\na[b", "[b", "no closing", "]");
    check("graph LR\na[\"b", "\"b", "never closed", "\"");
    check("graph LR\na [b]", "[", "space", "id[\"label\"]");
    check("graph LR\na --> b %% c", "%% c", "line of its own", "above");
    check("graph LR\nx-->b", "x", "one end of an arrow", "x -->");
    check("graph LR\na[x@y]", "@", "without quotes", "\"x@y\"");
    check("graph LR\na[]", "[]", "empty", "label");
    check("graph LR\na@{ shape: nope }", "shape: nope ", "no shape", "cyl");
    check("graph LR\nsubgraph a\nend\nsubgraph a\nend", "subgraph a", "second boundary", "own");
    check("graph LR\na b", "b", "expected an arrow", "id[\"label\"]");
    check("graph LR\nstyle-->a\na-->style", "style", "nothing can be called", "otherwise");
}

#[test]
fn several_errors_are_reported_at_once() {
    let (_, problems) = parse("graph LR\na -> b\nc[d (e)]\nf --> g\nh i");
    assert_eq!(problems.iter().filter(|p| p.level == Level::Error).count(), 3);
}

#[test]
fn other_kinds_of_diagram_are_named() {
    for text in ["sequenceDiagram\nA->>B: hi", "%% c\npie title x", "---\nt: 1\n---\nC4Context\n x"]
    {
        let (diagram, problems) = parse(text);
        assert!(diagram.is_none());
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].level, Level::Warning);
        assert!(problems[0].message.contains("not a flowchart"));
    }
}

#[test]
fn guesses_and_lines_without_heads_are_noted() {
    let (diagram, problems) = parse("graph LR\na[x] --- b(y)");
    assert!(diagram.is_some());
    let notes: Vec<_> = problems.iter().map(|p| p.message.as_str()).collect();
    assert_eq!(
        notes,
        ["the kind of `a` is guessed: external entity", "a line without an arrowhead"]
    );
    for line in ["---", "-.-", "===", "-- t ---"] {
        let (diagram, problems) = parse(&format!("graph LR\na(x) {line} b(y)"));
        let diagram = diagram.expect("a diagram");
        assert!(diagram.flows[0].headless && diagram.flows[0].both_ways, "{line}");
        assert!(problems.iter().any(|p| p.level == Level::Warning), "{line}");
        let drawn = super::layout(&diagram, super::Choice::Auto).expect("a layout");
        let svg = super::svg(&diagram, &drawn, &Marks::default(), &Spoken);
        assert!(!svg.contains("dfd-arrow"), "{line}: {svg}");
    }
    assert!(parse("graph LR\na(x) ~~~ b(y)").0.expect("a diagram").flows.is_empty());
}

#[test]
fn resolves_what_on_may_name() {
    let shop = good(SHOP);
    let r = |name: &str| resolve(&shop, name);
    assert_eq!(r("web"), Some(Target::Element(1)));
    assert_eq!(r("Web app"), Some(Target::Element(1)));
    assert_eq!(r("web APP"), Some(Target::Element(1)));
    assert_eq!(r("data"), Some(Target::Boundary(1)));
    assert_eq!(r("Data zone"), Some(Target::Boundary(1)));
    assert_eq!(r("user -> web"), Some(Target::Flows(vec![0, 2])));
    assert_eq!(r("Web app -> Orders"), Some(Target::Flows(vec![1])));
    assert_eq!(r("user <-> prod"), Some(Target::Flows(vec![0, 2])));
    assert_eq!(r("prod → data"), Some(Target::Flows(vec![1])));
    assert_eq!(r("flow 2"), Some(Target::Flows(vec![1])));
    assert_eq!(r("2"), Some(Target::Flows(vec![1])));
    assert_eq!(r("session"), Some(Target::Flows(vec![2])));
    assert_eq!(r("2. rows"), Some(Target::Flows(vec![1])));
    assert_eq!(r("db -> web"), None);
    assert_eq!(r("wbe"), None);
    assert_eq!(r(""), None);
    assert_eq!(nearest(&shop, "wbe"), ["web"]);
    assert_eq!(nearest(&shop, "Custmer"), ["user"]);
    assert_eq!(nearest(&shop, "db -> web"), ["web -> db"]);
    assert_eq!(nearest(&shop, "usr -> web"), ["user -> web"]);
}

#[test]
fn the_table_says_what_the_picture_shows() {
    let rows = table(&good(SHOP));
    assert_eq!(rows.elements[2].boundaries, ["Production", "Data zone"]);
    assert_eq!(rows.flows[0].crosses, ["Production"]);
    assert_eq!(rows.flows[1].crosses, ["Data zone"]);
    assert_eq!(rows.boundaries[0].crossings, 2);
}

#[test]
fn a_boundary_can_be_seen_alone() {
    let shop = good(SHOP);
    let part = focus(&shop, 1);
    assert_eq!(part.elements, [1, 2]);
    assert_eq!(part.flows, [1]);
    assert_eq!(part.boundaries, [0, 1]);
    assert_eq!(flows(&part.diagram), ["2: web -> db [rows]"]);
    assert_eq!(part.diagram.title.as_deref(), Some("Orders: Data zone"));
    assert!(layout(&part.diagram, Choice::Auto).is_ok());
    assert_eq!(good(&print(&part.diagram)).without_spans(), part.diagram.without_spans());
}

#[test]
fn what_stands_around_something_can_be_seen_alone() {
    let shop = good(SHOP);
    let db = around(&shop, &[Target::Element(2)]);
    assert_eq!((db.elements, db.flows, db.boundaries), (vec![1, 2], vec![1], vec![0, 1]));
    let session = around(&shop, &[Target::Flows(vec![2])]);
    assert_eq!((session.elements, session.flows), (vec![0, 1], vec![2]));
    assert_eq!(around(&shop, &[]).diagram.elements.len(), 0);
}

#[test]
fn the_picture_has_names_ids_and_no_style() {
    let shop = good(&SHOP.replace("Customer", "<script>alert(1)</script>&#quot;x"));
    let layout = layout(&shop, Choice::Auto).unwrap();
    assert_eq!(findings(&shop, &layout), []);
    let mut marks = Marks { prefix: "m1".into(), ..Marks::default() };
    let plain = svg(&shop, &layout, &marks, &Spoken);
    assert!(plain.contains("role=\"img\""));
    let mark = Mark { href: Some("t.html?a=1&b=\"".into()), open: 3, change: Some(Change::Added) };
    marks.elements.insert(1, mark);
    let picture = svg(&shop, &layout, &marks, &Spoken);
    assert!(
        picture.contains("role=\"group\" aria-labelledby=\"Casebook-m1-title Casebook-m1-desc\"")
    );
    assert!(picture.contains("href=\"t.html?a=1&amp;b=&quot;\""));
    assert!(
        picture.contains("dfd_element_in Web app, 3 open_threats_number process Production, added")
    );
    assert!(!picture.contains("style=") && !picture.contains("<script"));
    assert_eq!(picture, svg(&shop, &layout, &marks, &Spoken));
}

#[test]
fn odd_diagrams_are_drawn_or_refused() {
    for text in [
        "graph TD\na",
        "graph TD\nsubgraph s\nend",
        "graph TD\na-->a\na-->a",
        "graph LR\nsubgraph s\na\nend\na-->s",
        "graph LR\nsubgraph s\na\nend\ns-->a\ns-->s\nb-->s-->b",
        "graph BT\nsubgraph s\nsubgraph t\nsubgraph u\na\nend\nend\nend\na-->b",
        "graph RL\na<-->b\nb<-->a",
    ] {
        let diagram = good(text);
        for choice in [Choice::Auto, Choice::Horizontal, Choice::Vertical] {
            match layout(&diagram, choice) {
                Ok(layout) => {
                    svg(&diagram, &layout, &Marks::default(), &Spoken);
                }
                Err(error) => println!("{text:?}: {error}"),
            }
        }
    }
    assert_eq!(layout(&good("graph TD"), Choice::Auto), Err(LayoutError::Empty));
    let many: String = (0..400).map(|i| format!("n{i}\n")).collect();
    let large = layout(&good(&format!("graph TD\n{many}")), Choice::Auto);
    assert!(matches!(large, Err(LayoutError::TooLarge { nodes: 400, .. })));
}

#[test]
fn hostile_text_takes_bounded_time() {
    let texts = [
        format!("graph TD\n{}", "subgraph a\n".repeat(20_000)),
        format!("graph TD\n{}", "a & ".repeat(20_000)),
        format!("graph TD\n{0}a --> {0}b", "a & ".repeat(1500)),
        format!("graph TD\na{}", "[".repeat(100_000)),
        format!("graph TD\na[{}", "\nb".repeat(50_000)),
        format!("graph TD\na -- {}", "- ".repeat(50_000)),
        format!("graph TD\n{}", "a-->".repeat(30_000)),
        format!("graph TD\na[\"{}\"]", "&#<".repeat(30_000)),
        format!("graph TD\na@{{{}", "a: \"b\",".repeat(20_000)),
        "%%{".repeat(40_000),
        format!("graph TD\na[\"`{}`\"]", "*_".repeat(50_000)),
        format!("graph TD\n{}", "a[\"".repeat(60_000)),
    ];
    for text in texts {
        let start = std::time::Instant::now();
        parse(&text);
        let took = start.elapsed();
        assert!(took.as_secs() < 3, "{took:?}: {:?}", &text[..40]);
    }
}

/// Text made of pieces that mean something.
fn snippets() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a",
        "b",
        "c1",
        "end",
        "x",
        "o",
        "ü-1",
        "subgraph ",
        "subgraph s[\"t\"]\n",
        "end\n",
        "\n",
        ";",
        " ",
        "-->",
        "---",
        "-.->",
        "==>",
        "<-->",
        "--",
        "-.",
        "==",
        "~~~",
        "|",
        "\"",
        "[",
        "]",
        "(",
        ")",
        "{",
        "}",
        "[(",
        ")]",
        "((",
        "))",
        "[\"l\"]",
        "(\"m\"):::process",
        "|\"3. d\"|",
        ":::external",
        "@{",
        "shape: cyl",
        ",",
        ":",
        " & ",
        "%%",
        "#quot;",
        "<br/>",
        "\\n",
        "`",
        "fa:fa-user",
        "Process: ",
        "accTitle: x\n",
        "accDescr {",
        "class a,b process\n",
        "e1@-->",
        "style ",
        "日本",
        "🔒",
        "\u{0}",
        "\r\n",
        "\u{202e}",
        "direction LR\n",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|p| format!("flowchart LR\n{}", p.concat()))
}

/// Diagrams of elements in nested boundaries with flows between anything.
fn diagrams() -> impl Strategy<Value = String> {
    let parts = (1..14usize, 0..6usize, prop::sample::select(vec!["LR", "RL", "TB", "BT"]));
    parts.prop_flat_map(|(elements, boundaries, direction)| {
        let parents = prop::collection::vec(any::<prop::sample::Index>(), boundaries);
        let places = prop::collection::vec(any::<prop::sample::Index>(), elements);
        let label = "[ -~äé本\n]{0,40}";
        let labels = prop::collection::vec(label, elements + boundaries);
        let end = any::<prop::sample::Index>();
        let flow = (end, any::<prop::sample::Index>(), label, any::<bool>());
        let flows = prop::collection::vec(flow, 0..20);
        (parents, places, labels, flows).prop_map(move |(parents, places, labels, flows)| {
            let mut lines = vec![Vec::new(); boundaries + 1];
            for (i, place) in places.iter().enumerate() {
                let shape = [("[\"", "\"]"), ("(\"", "\")"), ("[(\"", "\")]")][i % 3];
                let label = format!("n {}", parse::encode(&labels[i]));
                let at = place.index(boundaries + 1);
                lines[at].push(format!("n{i}{}{label}{}", shape.0, shape.1));
            }
            for b in (0..boundaries).rev() {
                let parent = parents[b].index(b + 1);
                let title = parse::encode(&labels[elements + b]);
                let inner = lines[b + 1].join("\n");
                lines[parent].push(format!("subgraph b{b}[\"b {title}\"]\n{inner}\nend"));
            }
            let mut text = format!("flowchart {direction}\n{}\n", lines[0].join("\n"));
            for (from, to, label, both) in flows {
                let (from, to) = (from.index(elements), to.index(elements));
                let arrow = if both { "<-->" } else { "-->" };
                text += &format!("n{from} {arrow}|\"f {}\"| n{to}\n", parse::encode(&label));
            }
            text
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn parsing_never_panics(text in "\\PC{0,200}") {
        parse(&text);
        parse(&format!("graph LR\n{text}"));
    }

    #[test]
    fn spans_lie_in_the_text_and_printing_is_undone_by_parsing(text in snippets()) {
        let (diagram, problems) = parse(&text);
        for p in &problems {
            prop_assert!(text.get(p.span.clone()).is_some(), "{p:?}");
        }
        if let Some(diagram) = diagram {
            let printed = print(&diagram);
            let again = good(&printed);
            prop_assert_eq!(diagram.without_spans(), again.without_spans(), "{}", printed);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn diagrams_survive_printing_and_layout(text in diagrams()) {
        let diagram = good(&text);
        let printed = print(&diagram);
        prop_assert_eq!(diagram.clone().without_spans(), good(&printed).without_spans(), "{}", printed);
        for choice in [Choice::Horizontal, Choice::Vertical] {
            let Ok(layout) = layout(&diagram, choice) else { continue };
            let grave: Vec<_> = findings(&diagram, &layout).into_iter().filter(Finding::is_grave).collect();
            prop_assert!(grave.is_empty(), "{:?}", grave);
            for (i, element) in diagram.elements.iter().enumerate() {
                for b in diagram.around(End::Element(i)) {
                    prop_assert!(layout.boundaries[b].contains(&layout.elements[i].rect));
                }
                prop_assert!(element.boundary.is_none() || !diagram.around(End::Element(i)).is_empty());
            }
            svg(&diagram, &layout, &Marks::default(), &Spoken);
        }
    }
}
