# Tests that start the real daemon: tests/{api,call,e2e}/*.test, each run once per database.
set(integration_dirs api call e2e)
foreach(dir ${integration_dirs})
	file(GLOB scripts CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${dir}/*.test)
	foreach(script ${scripts})
		get_filename_component(name ${script} NAME_WE)
		foreach(database sqlite postgres)
			add_test(NAME ${dir}.${name}.${database} COMMAND ${script})
			set_tests_properties(${dir}.${name}.${database} PROPERTIES LABELS "${dir};${database}" TIMEOUT 600
				ENVIRONMENT "HOTLINE_BINARY=$<TARGET_FILE:hotline>;HOTLINE_TEST_DATABASE=${database};HOTLINE_SOURCE=${CMAKE_SOURCE_DIR};HOTLINE_BUILD=${CMAKE_BINARY_DIR}")
		endforeach()
	endforeach()
endforeach()
