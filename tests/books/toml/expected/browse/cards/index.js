casebookBrowse("cards/index", ["m-00.0","r-00.0","t-00.0"]);
