-- mcast.all: functions side by side, and the first error among them.

local function never() eventually(function() return false end, {within = 3600}) end

scenario("tasks: all returns the first result of each", function()
  local state = {}
  expect(mcast.all{
    function() return eventually(function() return state.second end, {within = 20}), "more" end,
    function() state.second = "of the second"; return 2 end,
    function() end,
  }):equals{"of the second", 2}
  expect(mcast.all{}):equals{}
end)

scenario("tasks: the first error ends all, wherever it stands in the list", {timeout = 25},
  function()
  local state = {}
  local function late()
    eventually(function() return state.begun end, {within = 20})
    error("an error", 0)
  end
  local function began() state.begun = true; never() end
  for _, list in ipairs{{began, late}, {late, began}, {never, began, late}} do
    state.begun = false
    expect(function() mcast.all(list) end):raises("an error")
  end
end)

scenario("tasks: who is cancelled does nothing more", {timeout = 25},
  function()
  local turns = 0
  local function counts() while true do turns = turns + 1; mcast.sleep(0) end end
  local function fails()
    eventually(function() return turns > 2 end, {within = 20})
    error("enough", 0)
  end
  expect(function() mcast.all{counts, fails} end):raises("enough")
  local seen = turns
  for _ = 1, 10 do mcast.sleep(0) end
  expect(turns):equals(seen)
end)
