casebookBrowse("cards/index", ["t-00.0"]);
