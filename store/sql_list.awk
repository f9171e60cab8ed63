# store/sql_list.awk -- turns the named statements of store/*.sql into one C list: SQL(name, "text").
# A statement begins with a line `-- name: some_name` and ends before the next one.
function flush() { if (name != "") printf "SQL(%s, \"%s\")\n", name, text; name = ""; text = "" }
/^-- name: / { flush(); name = $3; next }
/^[ \t]*--/ || /^[ \t]*$/ { next }
{ gsub(/\\/, "\\\\"); gsub(/"/, "\\\""); sub(/^[ \t]+/, ""); if (name != "") text = text (text == "" ? "" : " ") $0 }
END { flush() }
