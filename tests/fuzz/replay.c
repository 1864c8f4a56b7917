/* Replays the files of a corpus folder through a fuzz target, for builds without libFuzzer. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data = NULL;
	long size = -1;
	int err = 1;

	if (!f)
		goto out;
	if (fseek(f, 0, SEEK_END) || (size = ftell(f)) < 0 || fseek(f, 0, SEEK_SET))
		goto out;
	data = malloc((size_t)size + 1);
	if (!data || fread(data, 1, (size_t)size, f) != (size_t)size)
		goto out;
	LLVMFuzzerTestOneInput(data, (size_t)size);
	err = 0;
out:
	if (err)
		fprintf(stderr, "cannot read %s\n", path);
	free(data);
	if (f)
		fclose(f);
	return err;
}

int main(int argc, char **argv)
{
	struct dirent *entry;
	int count = 0;
	DIR *dir = argc > 1 ? opendir(argv[1]) : NULL;

	if (!dir) {
		fprintf(stderr, "no corpus folder %s\n", argc > 1 ? argv[1] : "given");
		return 1;
	}
	while ((entry = readdir(dir))) {
		char path[4096];

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", argv[1], entry->d_name);
		if (replay(path)) {
			closedir(dir);
			return 1;
		}
		count++;
	}
	closedir(dir);
	printf("%d inputs replayed\n", count);
	return count ? 0 : 1;
}
