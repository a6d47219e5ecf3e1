casebookBrowse("cards/index", ["c-net-00.0","p-00.0","t-00.0"]);
