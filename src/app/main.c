/* The command line. */
#include <stdio.h>

int main(void)
{
	printf("hotline %s\n", HOTLINE_VERSION);
	return 0;
}
