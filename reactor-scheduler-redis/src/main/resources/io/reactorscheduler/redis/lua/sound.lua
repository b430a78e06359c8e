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

local KINDS_OF_ROW = {
  n = 'number', s = 'string', F = 'time', S = 'time', e = 'time', a = 'number', N = 'string', f = 'number', o = 'number',
  R = 'string', E = 'table', M = 'string', c = 'number', k = 'time', i = 'string', v = 'number',
}
local KINDS_OF_ASKED = { n = 'number', F = 'time', D = 'time', i = 'string', o = 'number' }

local function is_sound(row, kinds)
  for name, value in pairs(row) do
    local kind, has = kinds[name], type(value)
    if kind and kind ~= has and not (kind == 'time' and (has == 'number' or tonumber(value))) then return false end
  end
  return true
end

-- a finished execution
local function is_row(R) return R and R.n and R.s and R.F and (R.o or R.f) and is_sound(R, KINDS_OF_ROW) end

local function row_of(raw)
  local R = unpacked(raw)
  return is_row(R) and R or nil
end

-- an execution that was asked for
local function asked_of(raw)
  local X = unpacked(raw)
  return X and X.n and X.F and X.D and is_sound(X, KINDS_OF_ASKED) and X or nil
end

local function are_numbers(list)
  for key, value in pairs(list) do
    if type(key) ~= 'number' or type(value) ~= 'number' then return false end
  end
  return true
end

local function is_task(T)
  if type(T) ~= 'table' or not T.h or not is_sound(T, KINDS) then return false end
  if T.X and not T.D or T.R and not is_row(T.R) or T.w and not are_numbers(T.w) then return false end
  if not T.e then return true end
  for number, E in pairs(T.e) do
    local is_open = type(number) == 'number' and type(E) == 'table' and E.f and E.F and E.D and (E.d or not E.w)
    if not is_open or not is_sound(E, KINDS_OF_OPEN) then return false end
  end
  return true
end
