// One header of VTK 9.1 asks for this one in angle brackets, as if VTK's own folder were searched.
#include <vtk-9.1/vtkSmartPointer.h>
