import CKernelSupport
import KernelTypes

// Pooling: vectors run along the channels. The first of equal elements counts, a NaN as larger than any number.

/// Items are rows of windows.
func windowTakeF32(_ arguments: UnsafeMutableRawPointer, _ begin: Int, _ end: Int, _ scratch: UnsafeMutableRawPointer)
  -> Int
{
  takeWindows(LanesF32.self, arguments.assumingMemoryBound(to: PoolJob.self).pointee, begin, end)
}

func windowTakeF64(_ arguments: UnsafeMutableRawPointer, _ begin: Int, _ end: Int, _ scratch: UnsafeMutableRawPointer)
  -> Int
{
  takeWindows(LanesF64.self, arguments.assumingMemoryBound(to: PoolJob.self).pointee, begin, end)
}

/// Items are images.
func windowAddF32(_ arguments: UnsafeMutableRawPointer, _ begin: Int, _ end: Int, _ scratch: UnsafeMutableRawPointer)
  -> Int
{
  addWindows(LanesF32.self, arguments.assumingMemoryBound(to: PoolJob.self).pointee, begin, end)
}

func windowAddF64(_ arguments: UnsafeMutableRawPointer, _ begin: Int, _ end: Int, _ scratch: UnsafeMutableRawPointer)
  -> Int
{
  addWindows(LanesF64.self, arguments.assumingMemoryBound(to: PoolJob.self).pointee, begin, end)
}

@inline(__always)
func takeWindows<L: Lanes>(_: L.Type, _ job: PoolJob, _ begin: Int, _ end: Int) -> Int {
  let p = job.sizes
  let channels = p.channels
  let takesItself = job.x == job.values
  let distance = job.values.assumingMemoryBound(to: L.Element.self) - job.x.assumingMemoryBound(to: L.Element.self)
  for item in begin..<end {
    let image = item / p.outHeight
    let top = item % p.outHeight * p.strideY - p.lowY
    let rows = max(top, 0)..<min(top + p.windowHeight, p.height)
    let source = job.x.assumingMemoryBound(to: L.Element.self) + image * p.height * p.width * channels
    var target = job.result.assumingMemoryBound(to: L.Element.self) + item * p.outWidth * channels
    for column in 0..<p.outWidth {
      let left = column * p.strideX - p.lowX
      let columns = max(left, 0)..<min(left + p.windowWidth, p.width)
      var channel = 0
      while channel < channels {
        let corner = source + (rows.lowerBound * p.width + columns.lowerBound) * channels + channel
        var best = L.load(corner)
        var value = takesItself ? best : L.load(corner + distance)
        for row in rows {
          var place = source + (row * p.width + columns.lowerBound) * channels + channel
          for _ in columns {
            let element = L.load(place)
            let wins = L.wins(element, over: best)
            if !takesItself { value = L.select(wins, L.load(place + distance), value) }
            best = L.select(wins, element, best)
            place += channels
          }
        }
        if takesItself { value = best }
        let rest = channels - channel
        if rest >= L.count { L.store(target + channel, value) } else { L.storeFirst(target + channel, value, rest) }
        channel += L.count
      }
      target += channels
    }
  }
  return 0
}

@inline(__always)
func addWindows<L: Lanes>(_: L.Type, _ job: PoolJob, _ begin: Int, _ end: Int) -> Int {
  let p = job.sizes
  let channels = p.channels
  let imageSize = p.height * p.width * channels
  let assigns = p.tiles
  for image in begin..<end {
    let source = job.x.assumingMemoryBound(to: L.Element.self) + image * imageSize
    let result = job.result.assumingMemoryBound(to: L.Element.self) + image * imageSize
    if !assigns {
      UnsafeMutableRawPointer(result)
        .initializeMemory(as: UInt8.self, repeating: 0, count: imageSize * MemoryLayout<L.Element>.size)
    }
    var update = job.values.assumingMemoryBound(to: L.Element.self) + image * p.outHeight * p.outWidth * channels
    for line in 0..<p.outHeight {
      let top = line * p.strideY - p.lowY
      let rows = max(top, 0)..<min(top + p.windowHeight, p.height)
      for column in 0..<p.outWidth {
        let left = column * p.strideX - p.lowX
        let columns = max(left, 0)..<min(left + p.windowWidth, p.width)
        var channel = 0
        while channel < channels {
          let rest = channels - channel
          let corner = (rows.lowerBound * p.width + columns.lowerBound) * channels + channel
          var best = L.load(source + corner)
          // Places are counted along the window; small numbers are exact.
          var first = L.splat(0)
          var number = 0
          for row in rows {
            var place = source + (row * p.width + columns.lowerBound) * channels + channel
            for _ in columns {
              let element = L.load(place)
              let wins = L.wins(element, over: best)
              first = L.select(wins, L.splat(number), first)
              best = L.select(wins, element, best)
              place += channels
              number += 1
            }
          }
          let change = L.load(update + channel)
          number = 0
          for row in rows {
            var place = result + (row * p.width + columns.lowerBound) * channels + channel
            for _ in columns {
              var value = L.select(L.equal(first, L.splat(number)), change, L.splat(0))
              if !assigns { value = L.add(L.load(place), value) }
              if rest >= L.count { L.store(place, value) } else { L.storeFirst(place, value, rest) }
              place += channels
              number += 1
            }
          }
          channel += L.count
        }
        update += channels
      }
    }
  }
  return 0
}
