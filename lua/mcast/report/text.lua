--- Text for people: widths, wrapping, durations.

local text = {}

--- Columns that it takes on a terminal (wide characters are not accounted for).
function text.width(s)
  return utf8.len(s) or #s
end

function text.pad(s, width)
  return s .. (" "):rep(width - text.width(s))
end

function text.pad_left(s, width)
  return (" "):rep(width - text.width(s)) .. s
end

--- The first `width` columns, with an ellipsis when something is cut.
function text.cut(s, width, ellipsis)
  if text.width(s) <= width then return s end
  local keep = math.max(0, width - text.width(ellipsis))
  if not utf8.len(s) then return s:sub(1, keep) .. ellipsis end
  return s:sub(1, utf8.offset(s, keep + 1) - 1) .. ellipsis
end

--- Lines of at most `width` columns, broken at spaces; a longer word stands alone.
---@return string[] at least one
function text.wrap(s, width)
  local lines = {}
  for paragraph in (s .. "\n"):gmatch "(.-)\n" do
    local line = paragraph:match "^%s*" or ""
    local has_word = false
    for word in paragraph:gmatch "%S+" do
      if has_word and text.width(line) + 1 + text.width(word) > width then
        lines[#lines + 1] = line
        line, has_word = "", false
      end
      line = has_word and line .. " " .. word or line .. word
      has_word = true
    end
    lines[#lines + 1] = line
  end
  return lines
end

--- What comes from a scenario cannot move the cursor or colour the screen.
function text.printable(s)
  return (s:gsub("[%z\1-\8\11-\31\127]", function(c) return ("\\x%02X"):format(c:byte()) end))
end

---@param seconds number
function text.duration(seconds)
  if seconds < 0.0095 then return ("%.1f ms"):format(seconds * 1000) end
  if seconds < 0.9995 then return ("%.0f ms"):format(seconds * 1000) end
  if seconds < 59.95 then return ("%.1f s"):format(seconds) end
  local whole = math.floor(seconds + 0.5)
  return ("%d min %02d s"):format(whole // 60, whole % 60)
end

--- Quoted for a POSIX shell, where it needs to be.
function text.shell(s)
  if s:find "^[%w@%%+=:,./_-]+$" then return s end
  return "'" .. s:gsub("'", "'\\''") .. "'"
end

function text.plural(count, singular, plural)
  return ("%d %s"):format(count, count == 1 and singular or plural or singular .. "s")
end

return text
