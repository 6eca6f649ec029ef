--- XML 1.0 text: what no parser would accept never gets in.

local xml = {}

local REPLACEMENT = "\u{FFFD}"

--- Invalid UTF-8, byte by byte, and code points outside XML's `Char` production.
function xml.clean(s)
  local parts, at = {}, 1
  while at <= #s do
    local _, bad = utf8.len(s, at)
    if bad ~= at then
      parts[#parts + 1] = s:sub(at, bad and bad - 1)
      at = bad or #s + 1
    end
    if bad then
      parts[#parts + 1] = REPLACEMENT
      at = bad + 1
    end
  end
  return (table.concat(parts)
    :gsub("[%z\1-\8\11\12\14-\31]", REPLACEMENT)
    :gsub("\xEF\xBF[\xBE\xBF]", REPLACEMENT))
end

local entities = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }

function xml.text(s)
  return (xml.clean(s):gsub('[&<>]', entities):gsub("\r", "&#13;"))
end

--- White space other than spaces would be normalised away.
function xml.attribute(s)
  return (xml.clean(s):gsub('[&<>"]', entities)
    :gsub("[\t\n\r]", function(c) return ("&#%d;"):format(c:byte()) end))
end

--- `pairs_list`: {name, value, name, value, ...}; a nil value cannot be in a list: use false.
function xml.attributes(pairs_list)
  local parts = {}
  for i = 1, #pairs_list, 2 do
    local name, value = pairs_list[i], pairs_list[i + 1]
    if value then parts[#parts + 1] = (' %s="%s"'):format(name, xml.attribute(tostring(value))) end
  end
  return table.concat(parts)
end

return xml
