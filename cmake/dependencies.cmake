# Outside libraries, each as PkgConfig::NAME. Who may use which is said in cmake/layers.cmake.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
foreach(pair
	LWS=libwebsockets SQLITE=sqlite3 PQ=libpq JANSSON=jansson SODIUM=libsodium
	OPENSSL=openssl SRTP=libsrtp2 SPANDSP=spandsp OPUS=opus SNDFILE=sndfile SAMPLERATE=samplerate
	CARES=libcares ICU=icu-i18n ICUUC=icu-uc)
	string(REPLACE "=" ";" pair ${pair})
	list(GET pair 0 name)
	list(GET pair 1 module)
	pkg_check_modules(${name} REQUIRED IMPORTED_TARGET ${module})
endforeach()

# libev has no pkg-config file; it comes with libwebsockets-dev, whose event loop it is here.
find_library(EV_LIBRARY ev REQUIRED)
