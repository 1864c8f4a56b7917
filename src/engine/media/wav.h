/* The header of a 16-bit PCM WAV file and its repair. */
#ifndef HOTLINE_MEDIA_WAV_H
#define HOTLINE_MEDIA_WAV_H

#include <stdint.h>

enum { WAV_HEADER = 44 };

void wav_header(uint8_t out[WAV_HEADER], unsigned channels, unsigned rate, uint32_t data_bytes);

#endif
