-- Adds events to executions that are known; each call once for its token.
-- USES: reply said
-- KEYS: prefix
-- ARGV: token, the most events of an execution, per event: task-id number execution-id micros level message progress
-- RETURNS: now
if answered(ARGV[1]) then return { out(now) } end
local most = tonumber(ARGV[2])

local function is_known(id, T, number)
  if T.e and T.e[number] then return true end
  for _, R in ipairs(rows_of_task(id, T)) do
    if R.n == number and not R.k then return true end
  end
  return false
end

for i = 3, #ARGV, 7 do
  local id, number = ARGV[i], tonumber(ARGV[i + 1])
  local T = task(id)
  if T and number and is_known(id, T, number) then
    if not T.Y then
      T.Y = 1
      keep(id, T)
    end
    local list = P .. 'y:' .. ARGV[i + 2]
    local event = { num(ARGV[i + 3]), ARGV[i + 4], ARGV[i + 5], ARGV[i + 6] }
    if call('RPUSH', list, cmsgpack.pack(event)) > most then
      local first = call('LPOP', list)
      if not said_of(first) then set_aside('y:' .. ARGV[i + 2], first) end
    end
  end
end
answer(ARGV[1], { 1 })
return { out(now) }
