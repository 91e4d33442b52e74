// SHAKE128 and SHAKE256 (FIPS 202), which browsers lack and ML-DSA needs. Lanes are pairs of 32-bit halves.

const ROUNDS = [
  "0000000000000001",
  "0000000000008082",
  "800000000000808a",
  "8000000080008000",
  "000000000000808b",
  "0000000080000001",
  "8000000080008081",
  "8000000000008009",
  "000000000000008a",
  "0000000000000088",
  "0000000080008009",
  "000000008000000a",
  "000000008000808b",
  "800000000000008b",
  "8000000000008089",
  "8000000000008003",
  "8000000000008002",
  "8000000000000080",
  "000000000000800a",
  "800000008000000a",
  "8000000080008081",
  "8000000000008080",
  "0000000080000001",
  "8000000080008008",
].map((word) => [parseInt(word.slice(8), 16), parseInt(word.slice(0, 8), 16)]);
const TURNS = [1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44];
const LANES = [10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1];

function turned(low, high, by) {
  if (by >= 32) [low, high, by] = [high, low, by - 32];
  if (by === 0) return [low, high];
  return [(low << by) | (high >>> (32 - by)), (high << by) | (low >>> (32 - by))];
}

function permute(state) {
  for (const [low, high] of ROUNDS) {
    theta(state);
    rhoAndPi(state);
    chi(state);
    state[0] ^= low;
    state[1] ^= high;
  }
}

function theta(state) {
  const column = new Int32Array(10);
  for (let at = 0; at < 50; at += 1) column[at % 10] ^= state[at];
  for (let x = 0; x < 5; x += 1) {
    const left = ((x + 4) % 5) * 2;
    const right = ((x + 1) % 5) * 2;
    const [low, high] = turned(column[right], column[right + 1], 1);
    for (let y = 0; y < 50; y += 10) {
      state[y + x * 2] ^= column[left] ^ low;
      state[y + x * 2 + 1] ^= column[left + 1] ^ high;
    }
  }
}

function rhoAndPi(state) {
  let [low, high] = [state[2], state[3]];
  for (let step = 0; step < 24; step += 1) {
    const at = LANES[step] * 2;
    const next = [state[at], state[at + 1]];
    [state[at], state[at + 1]] = turned(low, high, TURNS[step]);
    [low, high] = next;
  }
}

function chi(state) {
  for (let y = 0; y < 50; y += 10) {
    const row = state.slice(y, y + 10);
    for (let at = 0; at < 10; at += 1) state[y + at] ^= ~row[(at + 2) % 10] & row[(at + 4) % 10];
  }
}

class Shake {
  constructor(rate, data) {
    this.state = new Int32Array(50);
    this.bytes = new Uint8Array(this.state.buffer);
    this.rate = rate;
    let at = 0;
    for (const byte of data) {
      this.bytes[at] ^= byte;
      at += 1;
      if (at === rate) {
        permute(this.state);
        at = 0;
      }
    }
    this.bytes[at] ^= 0x1f;
    this.bytes[rate - 1] ^= 0x80;
    this.at = rate;
  }

  /** The next bytes of the stream. */
  read(length) {
    const out = new Uint8Array(length);
    for (let place = 0; place < length; place += 1) {
      if (this.at === this.rate) {
        permute(this.state);
        this.at = 0;
      }
      out[place] = this.bytes[this.at];
      this.at += 1;
    }
    return out;
  }
}

export const shake128 = (data) => new Shake(168, data);
export const shake256 = (data) => new Shake(136, data);
