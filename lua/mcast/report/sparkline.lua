--- A series of shares, 0 to 1, as a plot of one line.

--- Where there are more values than columns, a column shows the smallest of its values: a short
--- outage must not vanish. Only what is whole has the highest level, and only nothing the lowest.
---@param series number[]
---@param levels string[] from nothing to all
---@param width integer columns, at most
---@return string
return function(series, levels, width)
  local columns = math.min(#series, width)
  local plot = {}
  for column = 1, columns do
    local first = (column - 1) * #series // columns + 1
    local least = math.min(table.unpack(series, first, column * #series // columns))
    local level = least <= 0 and 1 or least >= 1 and #levels
      or 2 + math.floor(least * (#levels - 2))
    plot[column] = levels[level]
  end
  return table.concat(plot)
end
