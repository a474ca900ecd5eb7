/** Pass on what a word of the answer drew from earlier words of the answer: results/through.py, for a page. */

/**
 * The shares of inputs, rows of the first steps in order, when those of answer words are given to what these drew from:
 * (I − R)⁻¹ P, by substitution. `first` is the first answer word among the inputs. Each row sums to 1; 0 at what was
 * passed through, NaN where `rows` have it. A word without scores keeps its share.
 */
export function passOn(rows: readonly Float32Array[], first: number): Float32Array[] {
  const out: Float32Array[] = [];
  const empty: boolean[] = [];
  for (const row of rows) {
    const sum = row.reduce((all, v) => (Number.isNaN(v) ? all : all + Math.abs(v)), 0);
    const total = new Float32Array(row.length);
    empty.push(sum === 0);
    row.forEach((v, i) => {
      if (Number.isNaN(v) || sum === 0) return;
      const share = Math.abs(v) / sum;
      const source = empty[i - first] === false ? (out[i - first] as Float32Array) : null;
      if (!source) total[i] = (total[i] as number) + share;
      else
        for (let j = 0; j < i; j++) {
          const passed = source[j] as number;
          if (passed > 0) total[j] = (total[j] as number) + share * passed;
        }
    });
    out.push(total.map((v, i) => (sum === 0 || Number.isNaN(row[i]) ? Number.NaN : v)));
  }
  return out;
}
