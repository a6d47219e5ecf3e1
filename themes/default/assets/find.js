// The search, in one file: `later.js` loads it when somebody is about to search.
// @import "search-words.js";
// @import "search.js";
// @import "search-extract.js";
// @import "search-dialog.js";
// @import "search-marks.js";
