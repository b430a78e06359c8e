-- Adds events to executions that are known, where they are said under the last fence; each call once for its token.
-- USES: reply said
-- KEYS: prefix
-- ARGV: token, the most events of an execution, per event: task number fence micros level message progress
-- RETURNS: now, the places of the refused ones in the call (from 0)
local known = answered(ARGV[1])
if known then return { out(now), known } end
local most = tonumber(ARGV[2])

-- the fence of the last claim of an execution; nil where it is not known
local function last_fence(id, T, number)
  if T.e and T.e[number] then return T.e[number].f end
  for _, R in ipairs(rows_of_task(id, T)) do
    if R.n == number and not R.k then return R.f end
  end
  return nil
end

local refused = {}
for i = 3, #ARGV, 7 do
  local id, number = ARGV[i], tonumber(ARGV[i + 1])
  local T = task(id)
  local fence = T and last_fence(id, T, number)
  if fence == tonumber(ARGV[i + 2]) then
    if not T.Y then
      T.Y = 1
      keep(id, T)
    end
    local list = 'y:' .. id .. '#' .. out(number)
    local event = { num(ARGV[i + 3]), ARGV[i + 4], ARGV[i + 5], ARGV[i + 6] }
    if call('RPUSH', P .. list, cmsgpack.pack(event)) > most then
      local first = call('LPOP', P .. list)
      if not said_of(first) then set_aside(list, first) end
    end
  elseif fence then
    refused[#refused + 1] = out((i - 3) / 7)
  end
end
return { out(now), answer(ARGV[1], refused) }
