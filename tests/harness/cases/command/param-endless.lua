-- A parameter that no number is great enough for.
-- run: run {file} --param share=1e400
-- expect: exit 2
-- expect: stderr mcast-harness: command/param-endless.lua:6: param share: expected a number, got "1e400" from --param

local share = param("share", 0.5)

scenario("has it", function() expect(share):is_at_most(1) end)
