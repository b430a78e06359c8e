-- USES: shapes
-- Tasks that are saved for the first time: many at a time, written together by write_new_tasks.

local new_rows, new_ids, new_lines = {}, {}, {}

-- where the tasks of a shape wait
local function prepare(shape)
  if shape.Q then return end
  shape.Q, shape.A = queue_of(shape.D), lane(shape.D)
  shape.key = line(shape.Q, shape.A)
end

-- as cmsgpack packs it, at a quarter of the cost
local function packed(shape, D)
  local d, n = D.d, D.n
  if type(d) ~= 'number' or d < 0 or n >= 4294967296 or D.f or D.b then return cmsgpack.pack(D) end
  local row = struct.pack('>c0I8c3I4', shape.begin, d, '\161n\206', n)
  if D.i then return row .. '\161i' .. cmsgpack.pack(D.i) end
  return row
end

-- a task of a shape, its definition completed; due as text where a double holds it
local function add_new_task(shape, id, due_text)
  local D, Q, row = shape.D, shape.Q, nil
  states.P, Q.u = (states.P or 0) + 1, Q.u + 1
  if D.d then
    local time = at(D.d)
    D.n = count('s', 0)
    local members = new_lines[shape.key] or {}
    new_lines[shape.key] = members
    local n = #members
    members[n + 1], members[n + 2] = type(D.d) == 'number' and due_text or time, member(D, id)
    Q.dirty[shape.A] = true
    if time < Q.news then Q.news = time end
    row = packed(shape, D)
  else
    D.n = nil
    row = cmsgpack.pack(D)
  end
  local n = #new_rows
  new_rows[n + 1], new_rows[n + 2] = id, row
  new_ids[#new_ids + 1] = id
end

local function write_new_tasks()
  if #new_ids == 0 then return end
  for key, members in pairs(new_lines) do call('ZADD', key, unpack(members)) end
  call('HSET', P .. 't', unpack(new_rows))
  note_all('S', new_ids)
  new_rows, new_ids, new_lines = {}, {}, {}
end
