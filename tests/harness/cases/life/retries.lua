-- A retry does not hide a failure that stays.
-- expect: exit 1
-- expect: failed "fails each time" expected 2, seen 1 (8)
-- expect: failed "fails each time" expected 2, seen 1 (8)
-- expect: failed "fails each time" expected 2, seen 1 (8)

scenario("fails each time", {retries = 2}, function()
  expect(1):equals(2)
end)
