casebookBrowse("cards/t-00.0", [{"id":"T-001","kind":"threat","label":"Threat","title":"תוקף קורא קובץ","url":"threats/t-001.html","text":"תיאור."}]);
