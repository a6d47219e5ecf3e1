// Scripts of the theme are classic scripts, since they must work from file://; tests and tools are modules.
import js from "@eslint/js";
import globals from "globals";

// Said in themes/theme.d.ts.
const shared = { casebookAnchor: "readonly", casebookLoad: "readonly", casebookText: "readonly" };

const dialect = {
  eqeqeq: "error",
  "no-var": "error",
  "prefer-const": "error",
  "no-implicit-globals": "error",
  "object-shorthand": "error",
};

export default [
  js.configs.recommended,
  {
    files: ["themes/default/assets/*.js"],
    languageOptions: { sourceType: "script", ecmaVersion: 2022, globals: { ...globals.browser, ...shared } },
    rules: dialect,
  },
  {
    files: ["tests/browser/**/*.mjs", "tools/**/*.mjs", "*.mjs"],
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
    rules: { ...dialect, "no-implicit-globals": "off" },
  },
];
