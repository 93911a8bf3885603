/*
 * The distance to the limit: the phases of a day, in plain C with prefetching, one thread, from flat files of
 * 36-character ids and columns of doubles. Prints JSON: seconds by phase, and counts to compare.
 *
 *   cc -O3 -march=native -o phases phases.c -lm && ./phases <folder> <records> <outcomes>
 */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ID 36
#define BINS 2048
#define AHEAD 16
typedef struct { uint64_t high, low; } Key;
typedef struct { Key key; double money; uint32_t label, used; } Cell;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}
static void *column(const char *folder, const char *name, size_t bytes) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s.bin", folder, name);
  FILE *file = fopen(path, "rb");
  void *data = malloc(bytes ? bytes : 1);
  if (!file || !data || fread(data, 1, bytes, file) != bytes) { fprintf(stderr, "cannot read %s\n", path); exit(1); }
  fclose(file);
  return data;
}
static uint64_t nibble(unsigned char c) { return (c & 15) + (c >> 6) * 9; }
static Key key_of(const unsigned char *text) {
  static const unsigned char at[32] = {0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 14, 15, 16, 17,
                                       19, 20, 21, 22, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35};
  Key key = {0, 0};
  for (int i = 0; i < 16; i++) key.high = key.high << 4 | nibble(text[at[i]]);
  for (int i = 16; i < 32; i++) key.low = key.low << 4 | nibble(text[at[i]]);
  return key;
}
static uint64_t hash_of(Key key) {
  uint64_t hash = (key.high ^ (key.low * 0x9e3779b97f4a7c15ull)) * 0xff51afd7ed558ccdull;
  return hash ^ (hash >> 32);
}

int main(int count, char **args) {
  if (count != 4) return 2;
  size_t records = strtoull(args[2], 0, 10), outcomes = strtoull(args[3], 0, 10);
  double start = now();
  unsigned char *record_ids = column(args[1], "record-ids", records * ID);
  unsigned char *outcome_ids = column(args[1], "outcome-ids", outcomes * ID);
  double *score = column(args[1], "score", records * 8), *rule = column(args[1], "rule", records * 8);
  double *amount = column(args[1], "amount", records * 8), *tier = column(args[1], "tier", records * 8);
  double *label = column(args[1], "label", outcomes * 8), *money = column(args[1], "money", outcomes * 8);
  double read = now();

  Key *record_keys = malloc(records * sizeof(Key)), *outcome_keys = malloc(outcomes * sizeof(Key));
  uint64_t *record_hash = malloc(records * 8), *outcome_hash = malloc(outcomes * 8);
  for (size_t i = 0; i < records; i++) record_hash[i] = hash_of(record_keys[i] = key_of(record_ids + i * ID));
  for (size_t i = 0; i < outcomes; i++) outcome_hash[i] = hash_of(outcome_keys[i] = key_of(outcome_ids + i * ID));
  double hashed = now();

  size_t slots = 1024;
  while (slots < outcomes * 3 / 2) slots *= 2;
  Cell *table = calloc(slots, sizeof(Cell));
  size_t mask = slots - 1, distinct = 0;
  for (size_t i = 0; i < outcomes; i++) {
    if (i + AHEAD < outcomes) __builtin_prefetch(&table[outcome_hash[i + AHEAD] & mask], 1);
    size_t at = outcome_hash[i] & mask;
    while (table[at].used && memcmp(&table[at].key, &outcome_keys[i], sizeof(Key))) at = (at + 1) & mask;
    distinct += !table[at].used;
    table[at] = (Cell){outcome_keys[i], money[i], label[i] == 1, 1};
  }
  double built = now();

  static double sums[4][8];
  static uint64_t counts[4][10], histogram[4][2][BINS];
  for (size_t i = 0; i < records; i++) {
    if (i + AHEAD < records) __builtin_prefetch(&table[record_hash[i + AHEAD] & mask], 0);
    size_t at = record_hash[i] & mask;
    int t = (int)tier[i];
    counts[t][0]++;
    while (table[at].used && memcmp(&table[at].key, &record_keys[i], sizeof(Key))) at = (at + 1) & mask;
    if (!table[at].used) continue;
    int positive = table[at].label, acts = score[i] >= .2, acted = rule[i] == 1;
    double worth[2] = {positive ? -320 - table[at].money : 0, positive ? -80 + .1 * amount[i] : -60};
    double difference = worth[acts] - worth[acted], miss = score[i] - positive;
    counts[t][1]++;
    counts[t][2 + acts * 2 + positive]++;
    counts[t][6 + acted * 2 + positive]++;
    double add[6] = {worth[acts], worth[acted], difference, difference * difference, miss * miss,
                     -log(fmax(1e-15, positive ? score[i] : 1 - score[i]))};
    for (int s = 0; s < 6; s++) sums[t][s] += add[s];
    histogram[t][positive][score[i] >= 1 ? BINS - 1 : (int)(score[i] * BINS)]++;
  }
  double folded = now();

  uint64_t labelled = 0;
  double difference = 0;
  for (int t = 0; t < 4; t++) labelled += counts[t][1], difference += sums[t][2];
  printf("{\"read\":%f,\"hash\":%f,\"build\":%f,\"fold\":%f,\"labelled\":%llu,\"distinct\":%zu,\"difference\":%.3f}\n",
         read - start, hashed - read, built - hashed, folded - built, (unsigned long long)labelled, distinct, difference);
  return 0;
}
