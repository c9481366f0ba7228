# Ends what a process of tests leaves behind. It reads "server PID", "gone PID" and "folder PATH" lines; when they end, since
# the writer is gone, however it went, the servers that are still there are killed and the folders removed.
servers=" "
folders=""
while IFS= read -r line; do
  value=${line#* }
  case $line in
    server\ *) servers="$servers$value " ;;
    gone\ *) servers="${servers%% "$value" *} ${servers#* "$value" }" ;;
    folder\ *) folders="$folders$value
" ;;
  esac
done
for server in $servers; do
  kill -9 "-$server" 2>/dev/null
done
# What a server writes while it dies is in its folder.
sleep 1
printf '%s' "$folders" | while IFS= read -r folder; do
  rm -rf "$folder"
done
