casebookBrowse("cards/m-00.0", [{"id":"M-001","kind":"model","label":"Model","title":"A model","url":"models/m.html","text":"","note":"3 February 2026"}]);
