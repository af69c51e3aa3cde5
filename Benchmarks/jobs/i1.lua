-- The cases of i1.mdl that the peers' i1 does not have.
local function sieve(n)
  local composite, count = {}, 0
  for i = 0, n do composite[i] = false end
  for i = 2, n do
    if not composite[i] then
      count = count + 1
      local j = i * i
      while j <= n do composite[j] = true j = j + i end
    end
  end
  return count
end
local function matrix(n) local m = {} for i = 0, n-1 do m[i] = {} for j = 0, n-1 do m[i][j] = false end end return m end
local function product(n)
  local a, b, c = matrix(n), matrix(n), matrix(n)
  for i = 0, n-1 do for j = 0, n-1 do a[i][j] = (i + j) / n b[i][j] = (i - j) / n end end
  for i = 0, n-1 do for j = 0, n-1 do
    local s = 0.0
    for k = 0, n-1 do s = s + a[i][k] * b[k][j] end
    c[i][j] = s
  end end
  return c[n // 2][n // 3]
end
local function sorting(n)
  local xs, state = {}, 42
  for i = 0, n-1 do state = (state * 1103515245 + 12345) % 2147483648 xs[i] = state end
  local width = 1
  while width < n do
    local out, o, start = {}, 0, 0
    while start < n do
      local middle = math.min(start + width, n)
      local stop = math.min(start + 2 * width, n)
      local i, j = start, middle
      while i < middle or j < stop do
        if j >= stop or (i < middle and xs[i] <= xs[j]) then out[o] = xs[i] i = i + 1 else out[o] = xs[j] j = j + 1 end
        o = o + 1
      end
      start = start + 2 * width
    end
    xs = out
    width = width * 2
  end
  return xs[n // 2]
end
local function texts(n)
  local s = ""
  for i = 0, n-1 do s = s .. "item " .. tostring(i) s = s .. "," end
  return #s
end
local function counting(n)
  local counts, state = {}, 42
  for i = 0, n-1 do
    state = (state * 1103515245 + 12345) % 2147483648
    local key = state // 65536 % 1000
    counts[key] = (counts[key] or 0) + 1
  end
  local best = 0
  for key, v in pairs(counts) do if v > best then best = v end end
  return best
end
local function bodies(n)
  local x = {[0]=0.0, 4.84143144246472, 8.34336671824458, 12.8943695621391, 15.3796971148509}
  local y = {[0]=0.0, -1.16032004402742, 4.1247985641243, -15.1111514016986, -25.9193146099879}
  local z = {[0]=0.0, -0.103622044471123, -0.403523417114321, -0.223307578892655, 0.179258772950371}
  local vx = {[0]=0.0, 0.606326392995832, -1.01077434617879, 1.08279100644153, 0.979090732243898}
  local vy = {[0]=0.0, 2.81198684491626, 1.82566237123041, 0.868713018169608, 0.594698998647676}
  local vz = {[0]=0.0, -0.02521836165988, 0.00841576137658415, -0.0108326374013636, -0.034755955504078}
  local m = {[0]=39.4784176043574, 0.0376936749096657, 0.0112863261319687, 0.00172372405705971, 0.0020336868699246}
  for step = 1, n do
    for i = 0, 4 do for j = i + 1, 4 do
      local dx, dy, dz = x[i] - x[j], y[i] - y[j], z[i] - z[j]
      local d2 = dx * dx + dy * dy + dz * dz
      local mag = 0.01 / (d2 * math.sqrt(d2))
      vx[i] = vx[i] - dx * m[j] * mag vy[i] = vy[i] - dy * m[j] * mag vz[i] = vz[i] - dz * m[j] * mag
      vx[j] = vx[j] + dx * m[i] * mag vy[j] = vy[j] + dy * m[i] * mag vz[j] = vz[j] + dz * m[i] * mag
    end end
    for i = 0, 4 do x[i] = x[i] + 0.01 * vx[i] y[i] = y[i] + 0.01 * vy[i] z[i] = z[i] + 0.01 * vz[i] end
  end
  return x[0]
end
local function closures(n)
  local total = 0
  local add = function(x) return x + 1 end
  for i = 1, n do total = add(total) end
  local count = 0
  local function bump() count = count + 1 end
  for i = 1, n do bump() end
  return total + count
end
local function words(n)
  local counts = {}
  local line = "the quick brown fox jumps over the lazy dog and the cat sleeps"
  for i = 1, n do
    for word in string.gmatch(line, "%a+") do
      if counts[word] ~= nil then counts[word] = counts[word] + 1 else counts[word] = 1 end
    end
  end
  return counts["the"]
end
local function records(n)
  local ps = {}
  for i = 0, 99 do ps[i] = {x = 1.0 * i, y = 0.5 * i, vx = 0.01, vy = 0.02} end
  for step = 1, n do
    for i = 0, 99 do
      ps[i].x = ps[i].x + ps[i].vx
      ps[i].y = ps[i].y + ps[i].vy
    end
  end
  local total = 0.0
  for i = 0, 99 do total = total + (ps[i].x + ps[i].y) end
  return total
end
local function map(xs, f) local ys = {} for i = 1, #xs do ys[i] = f(xs[i]) end return ys end
local function filter(xs, f) local ys = {} for i = 1, #xs do if f(xs[i]) then ys[#ys + 1] = xs[i] end end return ys end
local function fold(xs, start, f) local r = start for i = 1, #xs do r = f(r, xs[i]) end return r end
local function range(n) local xs = {} for i = 1, n do xs[i] = i - 1 end return xs end
local function pipeline(n)
  local squares = map(range(n), function(x) return x * x end)
  local odd = filter(squares, function(x) return x % 2 == 1 end)
  return fold(odd, 0, function(sum, x) return (sum + x) % 1000003 end)
end
local function walk(n)
  local xs, total = range(1000), 0
  for round = 1, n do
    for _, x in ipairs(xs) do total = total + x end
  end
  return total
end
local function pairs_(n)
  local names, total = {"a", "b", "c", "d", "e"}, 0
  local function both(a, b) return a, b end
  for round = 0, n - 1 do
    for i, name in ipairs(names) do total = total + (i - 1) * #name end
    local low, high = both(round, total)
    total = high - low
  end
  return total
end
local function joining(n)
  local parts = {}
  for i = 0, n - 1 do parts[#parts + 1] = i .. ":" .. i * 2 end
  return #table.concat(parts, ",")
end
local function methods(n)
  local shape = {area = function(r) return r * r * 3 end, scale = function(r, k) return r * k end}
  local total = 0
  for i = 0, n - 1 do total = (total + shape.area(i) + shape.scale(i, 2)) % 1000003 end
  return total
end
local function letters(n)
  local line, vowels = "the quick brown fox jumps over the lazy dog", 0
  for round = 1, n do
    for c in string.gmatch(line, ".") do
      if c == "a" or c == "e" or c == "i" or c == "o" or c == "u" then vowels = vowels + 1 end
    end
  end
  return vowels
end
local function trees(depth)
  local function tree(d) if d == 0 then return nil end return {tree(d - 1), tree(d - 1)} end
  local function count(t) if t == nil then return 1 end return count(t[1]) + count(t[2]) end
  return count(tree(depth))
end
local function matching(n)
  local x = 0
  for i = 0, n - 1 do
    local op = i % 3
    if op == 0 then x = x + 1 elseif op == 1 then x = x * 2 % 1000003 else x = x - 1 end
  end
  return x
end
local case = arg[1]
local t = os.clock()
local r = ({
  sieve = function() return sieve(1000000) end,
  product = function() return product(120) end,
  sorting = function() return sorting(50000) end,
  texts = function() return texts(20000) end,
  counting = function() return counting(300000) end,
  bodies = function() return bodies(20000) end,
  closures = function() return closures(1000000) end,
  words = function() return words(5000) end,
  records = function() return records(1000) end,
  pipeline = function() return pipeline(200000) end,
  walk = function() return walk(1000) end,
  pairs = function() return pairs_(20000) end,
  joining = function() return joining(50000) end,
  methods = function() return methods(200000) end,
  letters = function() return letters(2000) end,
  trees = function() return trees(15) end,
  matching = function() return matching(500000) end,
})[case]()
print(case, r, os.clock() - t)
