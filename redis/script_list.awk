# redis/script_list.awk -- turns redis/*.lua into one C list: SCRIPT(name, "text"), comments left out.
function flush() { if (name != "") printf "SCRIPT(%s, \"%s\")\n", name, text; text = "" }
FNR == 1 { flush(); name = FILENAME; sub(/.*\//, "", name); sub(/\.lua$/, "", name) }
/^[ \t]*--/ || /^[ \t]*$/ { next }
{ gsub(/\\/, "\\\\"); gsub(/"/, "\\\""); text = text $0 "\\n" }
END { flush() }
