-- Three that last two seconds each, may take four, and have to wait for each other.
for i = 1, 3 do
  scenario(("turn %d"):format(i), {timeout = 4}, function(t)
    local one = t.net:attach("one", {netns = "one"})
    mcast.sleep(2)
    expect(one.name):equals("one")
  end)
end
