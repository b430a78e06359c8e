-- USES: reply
-- Executions for people.

local function definition_of(id, T, version)
  version = version or 0
  if version ~= (T.v or 0) then
    local field = out(version) .. ':' .. id
    local raw = call('HGET', P .. 'v', field)
    local older = unpacked(raw)
    if older then return older end
    if raw then leave_field('v', field) end
  end
  return definition(id, T)
end

local function execution(id, T, R, state, node)
  return {
    definition_of(id, T, R.v), out(R.n), R.k and out(R.k) or false, state, out(R.F), out(R.S), out(R.e),
    out(R.a or 0), node or '', out(R.f or 0), R.R or false, R.E or false, R.M or false, out(R.c or 1), R.i or false,
    out(R.o or R.f or 0),
  }
end

-- an execution that is claimed or waits to be claimed again
local function opened(id, T, number, E)
  local state = not E.w and 'R' or E.r and 'T' or 'P'
  local R = {
    n = number, F = E.F, S = E.w and E.S or not E.w and E.l or nil, a = (E.a or 1) - (E.w and 1 or 0), f = E.f, E = E.E, i = E.i, v = E.v,
  }
  return execution(id, T, R, state, not E.w and E.n or '')
end
