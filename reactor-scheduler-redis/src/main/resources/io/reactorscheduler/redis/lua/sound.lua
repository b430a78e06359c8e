-- USES: journal
-- Whether what a row has is of the kinds that it should have; fields that are not known may be of any.

local KINDS = {
  h = 'string', q = 'string', p = 'number', k = 'string', t = 'string', i = 'string', x = 'string', s = 'string',
  d = 'time', f = 'time', b = 'time', y = 'time', H = 'number', n = 'number', N = 'number', c = 'number', u = 'number',
  z = 'number', X = 'number', D = 'time', C = 'number', B = 'number', v = 'number', e = 'table', w = 'table',
  R = 'table',
}
local KINDS_OF_OPEN = {
  f = 'number', n = 'string', l = 'time', a = 'number', F = 'time', D = 'time', d = 'time', b = 'time', i = 'string',
  k = 'string', q = 'string', v = 'number',
}

local function is_sound(row, kinds)
  for name, value in pairs(row) do
    local kind, has = kinds[name], type(value)
    if kind and kind ~= has and not (kind == 'time' and (has == 'number' or tonumber(value))) then return false end
  end
  return true
end

local function is_task(T)
  if type(T) ~= 'table' or not T.h or not is_sound(T, KINDS) then return false end
  if not T.e then return true end
  for number, E in pairs(T.e) do
    local is_open = type(number) == 'number' and type(E) == 'table' and E.f and E.F
    if not is_open or not is_sound(E, KINDS_OF_OPEN) then return false end
  end
  return true
end
