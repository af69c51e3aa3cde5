import CLibEdit
import Session
