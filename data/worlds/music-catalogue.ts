import { createChooser, createRandom, zipfWeights, type Chooser } from '../random.ts';

export interface Song {
  readonly title: string;
  readonly artist: number;
  readonly lengthSeconds: number;
  readonly genres: readonly string[];
}

export interface Catalogue {
  readonly artists: readonly string[];
  readonly songs: readonly Song[];
  /** Draws a song by how much it is loved. */
  readonly popularity: Chooser;
}

const artistsMax = 1200;
const songsMax = 12000;
/** The catalogue is the same in every demo, whatever its seed. */
const catalogueSeed = 7;

const firstWords = [
  'Velvet',
  'Silent',
  'Electric',
  'Golden',
  'Paper',
  'Midnight',
  'Crystal',
  'Hollow',
  'Northern',
  'Scarlet',
  'Neon',
  'Wandering',
  'Broken',
  'Little',
  'Distant',
  'Cosmic',
  'Rusty',
  'Gentle',
  'Savage',
  'Lunar',
  'Café',
  'Mötley',
  'Álamo',
  'Żółty',
  'Señor',
  'Tokyo',
  'Harbour',
  'Copper',
  'Winter',
  'Painted',
  'Iron',
  'Salt',
  'Second',
  'Marble',
  'Amber',
];
const secondWords = [
  'Foxes',
  'Lanterns',
  'Rivers',
  'Machines',
  'Orchestra',
  'Sparrows',
  'Gardens',
  'Brothers',
  'Sisters',
  'Tigers',
  'Parade',
  'Society',
  'Mirrors',
  'Satellites',
  'Union',
  'Horses',
  'Thieves',
  'Choir',
  'Avenue',
  'Kites',
  'Lumière',
  'Dragons',
  '東京',
  'Stones',
  'Strangers',
  'Engines',
  'Poets',
  'Wolves',
  'Pilots',
  'Fires',
  'Islands',
  'Engineers',
  'Ghosts',
  'Collective',
  'Trio',
];
const songStarts = [
  'Waiting for',
  'Dancing in',
  'Lost in',
  'Letters to',
  'Running from',
  'Songs of',
  'Under',
  'Beyond',
  'Return to',
  'Dreaming of',
  'No more',
  'All about',
  'Calling',
  'Back to',
  'Over',
  'Somewhere in',
  'Burning',
  "Don't tell",
  'Never leave',
  'Half of',
];
const songEnds = [
  'the rain',
  'my heart',
  'the city',
  'Monday',
  'the sea',
  'your name',
  'the "old" house',
  'summer',
  'the morning',
  'the stars',
  'the radio',
  'December',
  'paradise',
  'the river',
  'home',
  'the mountain',
  'nowhere',
  'the light',
  'San José',
  'the night train',
  'a stranger',
  'the harbour',
  'tomorrow',
  'the desert',
  'yesterday, again',
  'the long road',
  'Łódź',
  'blue water',
  'glass',
  'the crowd',
];
const genres = ['pop', 'rock', 'hip-hop', 'electronic', 'jazz', 'classical', 'folk', 'metal', 'soul', 'indie'];

/** Makes the songs that the music service plays; always the same. */
export function createCatalogue(): Catalogue {
  const random = createRandom(catalogueSeed);
  const artists: string[] = [];
  for (let index = 0; index < artistsMax; index++) {
    // All pairs of words, in an order that does not show the lists: 37 and 35 · 35 have no common divisor.
    const pair = (index * 37) % (firstWords.length * secondWords.length);
    artists.push(`${firstWords[Math.floor(pair / secondWords.length)]!} ${secondWords[pair % secondWords.length]!}`);
  }
  const artistChooser = createChooser(zipfWeights(artistsMax, 0.6, 3));
  const songs: Song[] = [];
  const genreOfArtist = artists.map(() => random.integer(genres.length));
  for (let index = 0; index < songsMax; index++) {
    const artist = artistChooser.choose(random);
    const own = genres[genreOfArtist[artist]!]!;
    const other = genres[random.integer(genres.length)]!;
    const title = `${songStarts[random.integer(songStarts.length)]!} ${songEnds[random.integer(songEnds.length)]!}`;
    songs.push({
      title,
      artist,
      lengthSeconds: 120 + random.integer(240),
      genres: own === other ? [own] : [own, other],
    });
  }
  return { artists, songs, popularity: createChooser(zipfWeights(songsMax, 0.85, 8)) };
}
