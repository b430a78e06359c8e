-- USES: define
-- Tasks as arguments: a shape is what some have in common, all but id, times and input.

-- the definition at an index of ARGV, but for its id and input: handler, queue, priority, key, trigger, settings, flags
local function defined(i)
  local flags = ARGV[i + 6]
  return {
    h = ARGV[i], q = some(ARGV[i + 1]), p = num(ARGV[i + 2]), k = some(ARGV[i + 3]), t = some(ARGV[i + 4]),
    x = some(ARGV[i + 5]), r = string.find(flags, 'r') and 1 or nil, o = string.find(flags, 'o') and 1 or nil,
  }
end

local SHAPE_SIZE = 8

-- the shape at an index of ARGV: the definition, how rows of its tasks begin (a map with d, n and perhaps i after what is
-- shared), where its tasks have what is theirs
local function shape_at(i)
  local shape, flags = { D = defined(i), mode = ARGV[i + 7], size = 2 }, ARGV[i + 6]
  for _, flag in ipairs({ 'd', 'f', 'b', 'i' }) do
    if string.find(flags, flag) then
      shape[flag] = shape.size
      shape.size = shape.size + 1
    end
  end
  local shared = cmsgpack.pack(shape.D)
  shape.begin = string.char(string.byte(shared) + (shape.i and 3 or 2)) .. string.sub(shared, 2) .. '\161d\207'
  return shape
end

-- completes the definition of a shape with what a task at an index of ARGV has; gives the due time as text
local function complete_definition(shape, i)
  local D, due_text = shape.D, shape.d and ARGV[i + shape.d]
  D.d, D.m = shape.d and num(due_text), not shape.d and 1 or nil
  D.f, D.b, D.i = shape.f and num(ARGV[i + shape.f]), shape.b and num(ARGV[i + shape.b]), shape.i and ARGV[i + shape.i]
  return due_text
end
