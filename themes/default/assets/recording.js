// A recording: captions from the page's own transcript, times that lead there, the line that
// is being said, a filter for the lines. A file of captions cannot be loaded from a folder.
(function () {
  "use strict";
  var media = document.querySelector(".player video, .player audio");
  if (!media) return;
  var text = window.casebookText;
  var all = function (selector) { return Array.prototype.slice.call(document.querySelectorAll(selector)); };
  var make = window.casebookDom.make;
  var cues = all(".cue").map(function (line) {
    var voice = line.querySelector(".voice");
    return {
      line: line, start: Number(line.dataset.start), end: Number(line.dataset.end),
      said: (voice ? voice.textContent + " " : "") + line.querySelector(".said").textContent,
    };
  });
  var chapters = all(".chapters a").map(function (link) {
    return { link: link, start: Number(link.hash.slice(3)) };
  });

  if (media.localName === "video" && cues.length && window.VTTCue) {
    var track = media.addTextTrack("captions", text("captions"), document.documentElement.lang);
    cues.forEach(function (cue) { track.addCue(new VTTCue(cue.start, cue.end, cue.said)); });
    track.mode = "showing";
  }

  var marked = null;
  var follow = function () {
    var time = media.currentTime + 0.001;
    var now = null;
    cues.forEach(function (cue) { if (cue.start <= time && time < cue.end) now = cue; });
    if (now !== marked) {
      if (marked) marked.line.removeAttribute("aria-current");
      if (now) now.line.setAttribute("aria-current", "true");
      marked = now;
    }
    var chapter = null;
    chapters.forEach(function (other) { if (other.start <= time) chapter = other; });
    chapters.forEach(function (other) {
      if (other === chapter) other.link.setAttribute("aria-current", "true");
      else other.link.removeAttribute("aria-current");
    });
  };
  media.addEventListener("timeupdate", follow);
  media.addEventListener("seeked", follow);

  var go = function (time, play) {
    var set = function () { media.currentTime = time; };
    if (media.readyState > 0) set();
    else {
      media.addEventListener("loadedmetadata", set, { once: true });
      media.load();
    }
    if (play) media.play().catch(function () {});
  };
  var timeOf = function (hash) {
    var found = /^#t=(\d+(?:\.\d+)?)$/.exec(hash);
    return found ? Number(found[1]) : null;
  };
  document.addEventListener("click", function (event) {
    var link = event.target.closest("main a[href*='#t=']");
    var time = link && link.pathname === location.pathname ? timeOf(link.hash) : null;
    if (time === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    try {
      history.replaceState(null, "", link.hash);
    } catch (error) {
      // The address then stays as it is.
    }
    go(time, true);
  });
  var byAddress = function () {
    var time = timeOf("#" + casebookAnchor(location.hash));
    if (time !== null) go(time, false);
  };
  addEventListener("hashchange", byAddress);
  byAddress();

  addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, dialog, [popover]")) return;
    if (event.key === "k") media.paused ? media.play().catch(function () {}) : media.pause();
    else if (event.key === "j") media.currentTime = Math.max(0, media.currentTime - 10);
    else if (event.key === "l") media.currentTime += 10;
    else return;
    event.preventDefault();
  });

  // ---- Speed, and a filter for the lines ----

  var tools = make("div", "recording-tools");
  var speed = make("select");
  [0.75, 1, 1.25, 1.5, 2].forEach(function (rate) {
    var option = make("option", "", rate + "\u00d7");
    option.value = rate;
    option.selected = rate === 1;
    speed.append(option);
  });
  speed.addEventListener("change", function () { media.playbackRate = Number(speed.value); });
  var speedLabel = make("label", "", text("speed") + " ");
  speedLabel.append(speed);
  tools.append(speedLabel, make("span", "recording-keys", text("recording_keys")));
  document.querySelector(".player").after(tools);

  var transcript = document.querySelector(".transcript");
  if (!transcript) return;
  var field = make("input");
  field.type = "search";
  field.autocomplete = "off";
  var label = make("label", "", text("filter_transcript") + " ");
  var count = make("span", "count");
  count.setAttribute("role", "status");
  var filter = make("div", "transcript-filter");
  label.append(field);
  filter.append(label, count);
  (transcript.querySelector(".captions-file") || transcript.querySelector("h2")).after(filter);
  field.addEventListener("input", function () {
    var words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    var shown = 0;
    cues.forEach(function (cue) {
      var said = cue.said.toLowerCase();
      var is = words.every(function (word) { return said.indexOf(word) >= 0; });
      cue.line.hidden = !is;
      if (is) shown += 1;
    });
    count.textContent = words.length ? text("some_of", { n: shown, all: cues.length }) : "";
  });
})();
