casebookBrowse("cards/index", ["a-net-00.0","m-shop-00.0","r-web-00.0","t-web-00.0"]);
