# redis/script_list.awk -- turns redis/*.lua into one C list: SCRIPT(name, "sha1", "text"), comments left out. The sha1 is what
# EVALSHA calls it by; coreutils knows it. (awk -v tmp=FILE: for its answer)
function sha1(bytes,   command, line) {
	command = "sha1sum > " tmp
	printf "%s", bytes | command
	close(command)
	getline line < tmp
	close(tmp)
	return substr(line, 1, 40)
}
function flush() { if (name != "") printf "SCRIPT(%s, \"%s\", \"%s\")\n", name, sha1(bytes), text; text = bytes = "" }
FNR == 1 { flush(); name = FILENAME; sub(/.*\//, "", name); sub(/\.lua$/, "", name) }
/^[ \t]*--/ || /^[ \t]*$/ { next }
{ bytes = bytes $0 "\n"; gsub(/\\/, "\\\\"); gsub(/"/, "\\\""); text = text $0 "\\n" }
END { flush() }
